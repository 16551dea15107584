using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Fault 1: many more clients than the limit of descriptors lets in.</summary>
public sealed class DescriptorTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Descriptors_TwoThousandClientsAndThreeHundredPlaces_NeitherSpinsNorStops()
    {
        const int clients = 2000;
        await using var server = await FaultServer.StartAsync(["sh", "-c", "ulimit -n 300; exec \"$@\"", "sh"], []);
        var sockets = new List<Socket>();
        for (int i = 0; i < clients; i++)
            sockets.Add(await server.ConnectAsync());
        await server.WaitForLogAsync("Too many open files");

        // All of them are idle: each turn gives the place of the idlest to the next.
        double before = server.Facts.CpuSeconds;
        using (var second = new PeriodicTimer(TimeSpan.FromSeconds(2)))
            await second.WaitForNextTickAsync(FaultServer.Cancellation);
        Assert.InRange(server.Facts.CpuSeconds - before, 0, 1.0);

        sockets.ForEach(static socket => socket.Dispose());
        Assert.Equal("hello", await server.GetAsync("/hello"));
        Assert.InRange(server.Log.Split("Too many open files").Length - 1, 1, 60); // a line a second
    }
}
