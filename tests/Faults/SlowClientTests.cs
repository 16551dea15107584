using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Clients that take their time, two hundred at once: faults 10, 11 and 12.</summary>
public sealed class SlowClientTests
{
    private const int Clients = 200;

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Heads_ThatDrip_Are408AtTheDeadlineAndOthersAreServed() =>
        await AssertRefusedAsync(["--headers-timeout", "3"], "GET /hello HTTP/1.1\r\n", "X: y\r\n");

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Bodies_UnderTheRate_Are408AndOthersAreServed() =>
        await AssertRefusedAsync([], "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", "0123456789");

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Readers_ThatNeverRead_AreResetWithLittleMemoryAndOthersAreServed()
    {
        await using var server = await FaultServer.StartAsync("--send-timeout", "5");
        long before = server.Facts.ResidentBytes;
        var sockets = new List<Socket>();
        for (int i = 0; i < Clients; i++)
        {
            sockets.Add(await server.ConnectAsync(receiveBuffer: 4096));
            await sockets[i].SendTextAsync("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        await FaultServer.UntilAsync(async () =>
        {
            Assert.Equal("hello", await server.GetAsync("/hello"));
            return server.Facts.Connections == 0;
        }, "all are cut off");
        // 64 KB for each, and the process's own.
        Assert.InRange(server.Facts.ResidentBytes - before, long.MinValue, (Clients * 64 * 1024) + 64_000_000);
        sockets.ForEach(static socket => socket.Dispose());
    }

    private static async Task AssertRefusedAsync(string[] options, string beginning, string drop)
    {
        await using var server = await FaultServer.StartAsync(options);
        var clients = new List<Task<string>>();
        for (int i = 0; i < Clients; i++)
            clients.Add(DripAsync(await server.ConnectAsync(), beginning, drop));
        var all = Task.WhenAll(clients);
        int served = 0;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (; !all.IsCompleted; served++)
        {
            Assert.Equal("hello", await server.GetAsync("/hello"));
            await pause.WaitForNextTickAsync(FaultServer.Cancellation);
        }
        Assert.NotEqual(0, served);
        Assert.All(await all, static answer => Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal));
    }

    private static async Task<string> DripAsync(Socket socket, string beginning, string drop)
    {
        using var client = socket;
        await client.SendTextAsync(beginning);
        var answer = client.ReceiveTextToEndAsync();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (!answer.IsCompleted)
        {
            try
            {
                await client.SendTextAsync(drop);
            }
            catch (SocketException)
            {
                break; // the server has ended it
            }
            await Task.WhenAny(answer, pause.WaitForNextTickAsync(FaultServer.Cancellation).AsTask());
        }
        return await answer;
    }
}
