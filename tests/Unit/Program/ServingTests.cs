using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace AsyncServer.Unit.Program;

public sealed class ServingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Program_Started_SaysAddressRootHubsAndHowToStop()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--hubs", "1");
        int port = await program.PortAsync();
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Contains($"AsyncServer listens on 127.0.0.1:{port}: http://127.0.0.1:{port}/", program.Output, StringComparison.Ordinal);
        Assert.Contains($"Files from {Path.Combine(ServerProgram.RepositoryRoot, "html")}; 1 hub;", program.Output,
            StringComparison.Ordinal);
        Assert.Contains("Press Ctrl+C to stop", program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task SampleSite_OverARealSocket_Answers()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
        Assert.Contains("<title>AsyncServer", await client.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        using var missing = await client.GetAsync("/nobody.py", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("no such module\n", await missing.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Port_InUse_NamesTheAddressAndFails()
    {
        await using var first = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");
        int port = await first.PortAsync();
        await using var second = ServerProgram.AsyncServer("--bind", $"127.0.0.1:{port}");
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains($"asyncserver: Cannot listen on 127.0.0.1:{port}: Address already in use", second.Errors, StringComparison.Ordinal);
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Signal_WithIdleConnection_ClosesItAndExitsWithZero(PosixSignal signal)
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, await program.PortAsync(), Cancellation);
        await client.GetStream().WriteAsync("GET /say_hello.py HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);
        byte[] answer = new byte[4096];
        Assert.True(await client.GetStream().ReadAsync(answer, Cancellation) > 0);

        program.Signal(signal);
        Assert.Equal(0, await client.GetStream().ReadAsync(answer, Cancellation));
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    // The command line library ends a process 2 s after SIGTERM unless told not to, with exit code 143.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Signal_WithRequestThatTakesThreeSeconds_AnswersItAndExitsWithZero()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, await program.PortAsync(), Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /echo.py HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"u8.ToArray(),
            Cancellation);
        byte[] answer = new byte[4096];
        int count = await stream.ReadAsync(answer, Cancellation);
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);

        program.Signal(PosixSignal.SIGTERM);
        await program.WaitForOutputAsync("Stopping");
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3));
        await timer.WaitForNextTickAsync(Cancellation);
        await stream.WriteAsync("body"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(stream);
        string text = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nbody", text, StringComparison.Ordinal);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task SecondSignal_WithRequestInFlight_EndsAtOnceAndSaysWhatWasCut()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, await program.PortAsync(), Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /echo.py HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"u8.ToArray(),
            Cancellation);
        Assert.True(await stream.ReadAsync(new byte[4096], Cancellation) > 0);

        program.Signal(PosixSignal.SIGTERM);
        await program.WaitForOutputAsync("Stopping");
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(3, await program.ExitCodeAsync());
        Assert.Matches(
            "POST /echo.py from 127.0.0.1:[0-9]+ was cut off by the stop after [0-9:.]+, waiting for its body: the stop was hurried",
            program.Output);
        Assert.Contains("1 connections did not finish in time", program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Output_ItsReaderIsGone_ServesOn()
    {
        await using var program = ServerProgram.LaunchedBy(["bash", "-c", "exec \"$@\" > >(grep -m1 listens)", "bash"], "--bind",
            "127.0.0.1:0", "--log-level", "Trace");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        for (int i = 0; i < 50; i++)
            Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task EmbeddedSample_Answers()
    {
        await using var program = ServerProgram.Sample("Embedded", "0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        Assert.Equal("hello world", await client.GetStringAsync("/hello.py?name=world", Cancellation));
        Assert.Equal("at last", await client.GetStringAsync("/slow.py", Cancellation));
        Assert.Equal("1\n2\n3\n", await client.GetStringAsync("/count.py", Cancellation));
        using var body = new StringContent("1\n2\n39\n");
        using var sum = await client.PostAsync("/sum.py", body, Cancellation);
        Assert.Equal("{\"sum\":42}", await sum.Content.ReadAsStringAsync(Cancellation));
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }
}
