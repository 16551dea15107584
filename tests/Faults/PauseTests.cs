using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Fault 32: the process stands still for longer than its deadlines.</summary>
public sealed class PauseTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Process_StoppedForTwentySeconds_EndsNoConnection()
    {
        const int sigstop = 19, sigcont = 18, idle = 50;
        await using var server = await FaultServer.StartAsync("--keep-alive-timeout", "10", "--headers-timeout", "10", "--body-timeout",
            "10", "--request-timeout", "10");
        var clients = new List<Socket>();
        for (int i = 0; i < idle + 3; i++)
            clients.Add(await server.ConnectAsync());
        foreach (var client in clients[..idle])
        {
            await client.SendTextAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReceiveTextUntilAsync("hello");
        }
        await clients[idle].SendTextAsync("GET /hello HTT");
        await clients[idle + 1].SendTextAsync("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
        await clients[idle + 2].SendTextAsync("GET /sleep?ms=2000 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("hello", await server.GetAsync("/hello")); // what was sent before has arrived

        server.Signal(sigstop);
        using (var pause = new PeriodicTimer(TimeSpan.FromSeconds(20)))
            await pause.WaitForNextTickAsync(FaultServer.Cancellation);
        server.Signal(sigcont);

        Assert.Equal("hello", await server.GetAsync("/hello"));
        await clients[idle].SendTextAsync("P/1.1\r\nHost: a\r\n\r\n");
        await clients[idle].ReceiveTextUntilAsync("hello");
        await clients[idle + 1].SendTextAsync("llo");
        Assert.Contains("lo", await clients[idle + 1].ReceiveTextUntilAsync("0\r\n\r\n"), StringComparison.Ordinal);
        await clients[idle + 2].ReceiveTextUntilAsync("slept");
        foreach (var client in clients[..idle])
        {
            await client.SendTextAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReceiveTextUntilAsync("hello");
        }
        clients.ForEach(static client => client.Dispose());
    }
}
