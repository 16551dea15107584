using System.Net;
using System.Text;
using AsyncServer.Bench;

namespace AsyncServer.Unit.Bench;

public sealed class WrkTests
{
    private const string Output = """
        Running 3s test @ http://127.0.0.1:4000/say_hello.py
          1 threads and 64 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency   700.12us  500.00us  20.00ms   90.00%
            Req/Sec    90.10k     2.00k   95.00k    70.00%
          Latency Distribution
             50%  612.00us
             75%    1.02ms
             90%    2.00ms
             99%    1.25s
          270300 requests in 3.00s, 40.00MB read
        """;

    [Fact]
    public void Parse_UsualOutput_GivesItsNumbers()
    {
        var result = Wrk.Parse(Output + "\nRequests/sec:  90100.50\nTransfer/sec:     13.00MB\n");

        Assert.Equal(new LoadResult(270300, 90100.5, TimeSpan.FromMicroseconds(612), TimeSpan.FromSeconds(1.25), Errors: 0), result);
    }

    [Fact]
    public void Parse_ErrorsOfBothKinds_AddsThem()
    {
        var result = Wrk.Parse(Output
            + "\n  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 50000\nRequests/sec:  "
            + "90100.50\n");

        Assert.Equal(54321, result.Errors);
    }

    [Fact]
    public void Parse_SomethingElse_SaysWhatWasPrinted()
    {
        var failure = Assert.Throws<SetupException>(static () => Wrk.Parse("unable to connect"));
        Assert.Contains("unable to connect", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ArgumentsFor_ScriptAndHeaders_StandWhereWrkTakesThem()
    {
        var load = new Wrk("/echo", 8) { Script = ["post.lua", "1024"], Headers = ["Connection: close"] };

        Assert.Equal(
            ["-t1", "-c8", "-d3s", "--timeout", "10s", "--latency", "-H", "Connection: close", "-s", "post.lua", "http://127.0.0.1:1/echo",
                "--", "1024"],
            load.ArgumentsFor(new Uri("http://127.0.0.1:1/echo"), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Request_WithABody_IsAPostWithItsLength()
    {
        byte[] bytes = ClientConnection.Request(new IPEndPoint(IPAddress.Loopback, 80), "/echo", ["A: b"], "xyz");

        Assert.Equal("POST /echo HTTP/1.1\r\nHost: 127.0.0.1:80\r\nA: b\r\nContent-Length: 3\r\n\r\nxyz", Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public void Parse_ResponseWithAnEntityTag_GivesIt()
    {
        Assert.Equal("\"v1\"", ClientResponse.Parse("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1\r\n\r\nx"u8)!.EntityTag);
    }
}
