using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Program;

/// <summary>The program over each transport, and without a single system call of the runtime's own.</summary>
public sealed class TransportTests : IDisposable
{
    private const int Large = 10_000_000;
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("asyncserver-test");
    private readonly byte[] _content = new byte[Large];

    public TransportTests()
    {
        new Random(1).NextBytes(_content);
        File.WriteAllBytes(Path.Combine(_root.FullName, "large.bin"), _content);
        File.WriteAllText(Path.Combine(_root.FullName, "small.txt"), "0123456789");
        File.WriteAllText(Path.Combine(_root.FullName, "empty.txt"), "");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "out.txt"), "/etc/hostname");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 2 * ServerProgram.Timeout)]
    [InlineData("epoll")]
    [InlineData("sockets")]
    [InlineData("portable")]
    public async Task Serve_FilesAndApps_AnswersAndEndsWithZero(string way)
    {
        string log = Path.Combine(_root.FullName, ".access.log");
        await using var program = Start(way, "--listing", "--access-log", log);
        int port = await program.PortAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
        Assert.Equal(_content, await client.GetByteArrayAsync("/large.bin", Cancellation));
        Assert.Equal("0123456789", await client.GetStringAsync("/small.txt", Cancellation));
        Assert.Equal("", await client.GetStringAsync("/empty.txt", Cancellation));
        Assert.Contains("small.txt", await client.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        foreach (string path in (string[])["/out.txt", "/nobody.txt", "/.access.log", "/small.txt/", "/%2e%2e/etc/hostname"])
        {
            using var missing = await client.GetAsync(path, Cancellation);
            Assert.Contains(missing.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
        }
        foreach (bool chunked in (bool[])[false, true])
        {
            using var poster = Connect(port);
            var echoed = await poster.PostAsync("/echo.py", _content, chunked, Cancellation);
            Assert.Equal(_content, Encoding.Latin1.GetBytes(echoed.Body));
        }
        File.WriteAllText(Path.Combine(_root.FullName, "small.txt"), "changed");
        Assert.Equal("changed", await client.GetStringAsync("/small.txt", Cancellation));
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Contains("\"GET /say_hello.py HTTP/1.1\" 200", File.ReadAllText(log), StringComparison.Ordinal);
        Assert.DoesNotContain("portable runtime", program.Output + program.Errors, StringComparison.Ordinal);
    }

    [Theory(Timeout = 2 * ServerProgram.Timeout)]
    [InlineData("epoll")]
    [InlineData("sockets")]
    [InlineData("portable")]
    public async Task Wire_KeepAlivePipeliningHeadRangeAndEvents_AreServed(string way)
    {
        await using var program = Start(way, "--receive-timeout", "2");
        int port = await program.PortAsync();
        using var client = Connect(port);
        client.Send("GET /small.txt HTTP/1.1\r\nHost: a\r\n\r\nHEAD /small.txt HTTP/1.1\r\nHost: a\r\n\r\n"u8
            + "GET /small.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n"u8);
        string answers = Until(client, "\r\n\r\n234");
        Assert.Contains("\r\n\r\n0123456789HTTP/1.1 200 OK\r\n", answers, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\nHTTP/1.1 206 Partial Content\r\n", answers, StringComparison.Ordinal);

        using var events = Connect(port);
        events.Send("GET /events.py HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"u8);
        Assert.Contains("text/event-stream", Until(events, "data:"), StringComparison.Ordinal);

        // Nothing more comes from the first: the receive timeout ends it.
        Assert.Empty(client.ReceiveToEnd());

        // One that does not read holds nobody up, and its answer arrives when it does.
        using var slow = Connect(port, receiveBuffer: 4096);
        slow.Send("GET /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        using var other = Connect(port);
        other.Send("GET /small.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        Assert.EndsWith("0123456789", Encoding.Latin1.GetString(other.ReceiveToEnd()), StringComparison.Ordinal);
        program.Signal(PosixSignal.SIGTERM);
        await program.WaitForOutputAsync("Stopping");
        Assert.Equal(_content, slow.ReceiveToEnd()[^Large..]);
        events.Dispose();
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Epoll_WhereThereIsNone_SaysSo()
    {
        await using var program = Start("portable", "--transport", "epoll");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: The transport \"epoll\" needs Linux", program.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private ServerProgram Start(string way, params string[] arguments)
    {
        string[] all = ["--bind", "127.0.0.1:0", "--hubs", "2", "--root", _root.FullName, .. arguments];
        return way == "portable"
            ? ServerProgram.AsyncServer(all, ("DOTNET_STARTUP_HOOKS", typeof(TransportTests).Assembly.Location))
            : ServerProgram.AsyncServer([.. all, "--transport", way]);
    }

    private static Socket Connect(int port, int receiveBuffer = 0)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream,
            ProtocolType.Tcp)
        { ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds };
        if (receiveBuffer > 0)
            client.ReceiveBufferSize = receiveBuffer;
        client.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return client;
    }

    private static string Until(Socket client, string part)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        while (!text.ToString().Contains(part, StringComparison.Ordinal))
        {
            int count = client.Receive(piece);
            Assert.NotEqual(0, count);
            text.Append(Encoding.Latin1.GetString(piece, 0, count));
        }
        return text.ToString();
    }
}
