using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Clients that reset their connections: faults 6 and 7.</summary>
public sealed class ResetTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Resets_ThousandInsideOfResponses_CancelAppsAndLeaveNothing()
    {
        const int responses = 1000;
        const int hanging = 50;
        await using var server = await FaultServer.StartAsync();
        var before = server.Facts;
        for (int i = 0; i < responses; i++)
        {
            var socket = await server.ConnectAsync(receiveBuffer: 4096);
            await socket.SendTextAsync("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
            await socket.ReceiveAsync(new byte[100], FaultServer.Cancellation);
            socket.Reset();
        }
        await FaultServer.UntilAsync(
            () => server.Facts is { Connections: 0 } now && now.Sockets <= before.Sockets, "descriptors and connections back",
                TimeSpan.FromSeconds(5));
        var waiting = new List<Socket>();
        for (int i = 0; i < hanging; i++)
        {
            waiting.Add(await server.ConnectAsync());
            await waiting[i].SendTextAsync("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        waiting.ForEach(static socket => socket.Reset());
        await FaultServer.UntilAsync(async () => await server.GetAsync("/cancelled") == $"{hanging}", "every app is told");
        Assert.InRange(server.Log.Split('\n').Length, 1, 20); // no flood
    }

    // The server stands still meanwhile, so that they are in its backlog when they die.
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Resets_BeforeTheAccept_NeitherEndNorSpinTheAcceptLoop()
    {
        const int sigstop = 19, sigcont = 18;
        await using var server = await FaultServer.StartAsync();
        for (int round = 0; round < 5; round++)
        {
            server.Signal(sigstop);
            for (int i = 0; i < 200; i++)
                (await server.ConnectAsync()).Reset();
            server.Signal(sigcont);
            Assert.Equal("hello", await server.GetAsync("/hello"));
        }
        double before = server.Facts.CpuSeconds;
        Assert.Equal("slept", await server.GetAsync("/sleep?ms=1000"));
        Assert.InRange(server.Facts.CpuSeconds - before, 0, 0.5);
    }
}
