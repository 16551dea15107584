using System.Net.Sockets;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Samples;

/// <summary>The programs in <c>samples</c>, run as their first lines say; <c>Embedded</c> is tested beside the server program.</summary>
public sealed class SampleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task EchoServer_TwoClients_EachGetsItsOwn()
    {
        await using var program = ServerProgram.Sample("EchoServer", "0");
        using var ann = await TextClient.ConnectAsync(await program.PortAsync());
        using var bob = await TextClient.ConnectAsync(await program.PortAsync());
        await ann.Writer.WriteLineAsync("from ann");
        await bob.Writer.WriteLineAsync("from bob");
        Assert.Equal("from bob", await bob.Reader.ReadLineAsync(Cancellation));
        Assert.Equal("from ann", await ann.Reader.ReadLineAsync(Cancellation));
        ann.EndOfInput();
        Assert.Null(await ann.Reader.ReadLineAsync(Cancellation));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task ChatRoom_Members_HearEachOther()
    {
        await using var program = ServerProgram.Sample("ChatRoom", "0");
        using var ann = await JoinAsync(program, "ann");
        using var bob = await JoinAsync(program, "bob");
        Assert.Equal("bob has come", await ann.Reader.ReadLineAsync(Cancellation));
        await ann.Writer.WriteLineAsync("hello");
        Assert.Equal("ann says: hello", await bob.Reader.ReadLineAsync(Cancellation));
        bob.EndOfInput();
        Assert.Equal("bob has left", await ann.Reader.ReadLineAsync(Cancellation));
        Assert.Null(await bob.Reader.ReadLineAsync(Cancellation));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task PortForwarder_BeforeAnEchoServer_PassesEverythingOn()
    {
        await using var echo = ServerProgram.Sample("EchoServer", "0");
        await using var program = ServerProgram.Sample("PortForwarder", "0", $"127.0.0.1:{await echo.PortAsync()}");
        using var client = await TextClient.ConnectAsync(await program.PortAsync());
        string line = new('x', 100_000);
        await client.Writer.WriteLineAsync(line);
        Assert.Equal(line, await client.Reader.ReadLineAsync(Cancellation));
        client.EndOfInput();
        Assert.Null(await client.Reader.ReadLineAsync(Cancellation));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Downloader_Pages_SaysHowEachWent()
    {
        await using var site = ServerProgram.Sample("Embedded", "0");
        string root = $"http://127.0.0.1:{await site.PortAsync()}";
        await using var program = ServerProgram.Sample("Downloader", $"{root}/hello.py?name=you", $"{root}/slow.py", $"{root}/count.py",
            $"{root}/none.py");
        Assert.Equal(1, await program.ExitCodeAsync());
        string[] lines = program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains($"9 bytes from {root}/hello.py?name=you", lines);
        Assert.Contains($"7 bytes from {root}/slow.py", lines);
        Assert.Contains($"6 bytes from {root}/count.py", lines);
        Assert.Contains(lines, line => line.StartsWith($"{root}/none.py: ", StringComparison.Ordinal)
            && line.Contains("404", StringComparison.Ordinal));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task ProducersConsumers_EachQueue_LosesNothing()
    {
        await using var program = ServerProgram.Sample("ProducersConsumers");
        Assert.Equal(0, await program.ExitCodeAsync());
        string[] queues = ["JoinableQueue", "Channel", "AsyncProducerConsumerQueue"];
        Assert.Equal(queues.Select(static queue => $"{queue}: 5050"), program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<TextClient> JoinAsync(ServerProgram room, string name)
    {
        var client = await TextClient.ConnectAsync(await room.PortAsync());
        Assert.Equal("Who are you?", await client.Reader.ReadLineAsync(Cancellation));
        await client.Writer.WriteLineAsync(name);
        Assert.Equal($"Welcome, {name}.", await client.Reader.ReadLineAsync(Cancellation));
        return client;
    }

    private sealed class TextClient(TcpClient client) : IDisposable
    {
        internal StreamReader Reader { get; } = new(client.GetStream());

        internal StreamWriter Writer { get; } = new(client.GetStream()) { AutoFlush = true, NewLine = "\n" };

        internal static async Task<TextClient> ConnectAsync(int port)
        {
            var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, Cancellation);
            return new TextClient(client);
        }

        internal void EndOfInput() => client.Client.Shutdown(SocketShutdown.Send);

        public void Dispose() => client.Dispose();
    }
}
