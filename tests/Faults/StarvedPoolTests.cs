using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Fault 34: apps that wait synchronously for tasks take every thread of the pool.</summary>
public sealed class StarvedPoolTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Apps_SyncOverAsync_AcceptTimersAndFilesGoOn()
    {
        const int starving = 200;
        var root = Directory.CreateTempSubdirectory("asyncserver-faults");
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "a.txt"), "file", FaultServer.Cancellation);
        await using var server = await FaultServer.StartAsync("--root", root.FullName);
        server.LeavesThreads = true;
        var sockets = new List<Socket>();
        for (int i = 0; i < starving; i++)
        {
            sockets.Add(await server.ConnectAsync());
            await sockets[i].SendTextAsync("GET /starve HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        // Each thread that the pool adds, one or two a second, is taken at once.
        await FaultServer.UntilAsync(async () => (await server.GetAsync("/starving")).Split(' ') is [var blocked, _] && blocked != "0",
            "the pool is taken");
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("slept", await server.GetAsync("/sleep?ms=10"));
            Assert.Equal("file", await server.GetAsync("/a.txt"));
        }
        Assert.NotEqual('0', (await server.GetAsync("/starving"))[0]);
        await server.GetAsync("/release");
        foreach (var socket in sockets)
        {
            await socket.ReceiveTextUntilAsync("fed");
            socket.Dispose();
        }
        root.Delete(recursive: true);
    }
}
