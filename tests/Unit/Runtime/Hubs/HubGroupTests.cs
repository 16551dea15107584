using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

[Collection(Descriptors.Name)]
public sealed class HubGroupTests
{
    [Fact]
    public async Task StartStop_ThousandTimes_LeaksNoDescriptorAndNoThread()
    {
        await CycleAsync(10);
        var descriptors = Descriptors.Take();
        int threads = Descriptors.CountThreads();
        await CycleAsync(1000);
        await descriptors.AssertNoneLeakedAsync();
        await Until.TrueAsync(() => Descriptors.CountThreads() <= threads + 4, "threads ended"); // the pool may have grown

        static async Task CycleAsync(int cycles)
        {
            for (int i = 0; i < cycles; i++)
            {
                await using var group = new HubGroup(2);
                if (i % 3 > 0)
                    group.Start(); // each third is stopped without having run
                if (i % 3 == 1)
                    await group.Hubs[1].InvokeAsync(static async () => await Coroutine.Yield()).Soon();
                await group.StopAsync().Soon();
            }
        }
    }

    [Fact]
    public async Task Constructor_SecondPollerFails_GivesBackTheFirst()
    {
        var descriptors = Descriptors.Take();
        int made = 0;
        Assert.Throws<InvalidOperationException>(() => new HubGroup(3, new HubOptions
        {
            CreatePoller = () => ++made == 3 ? throw new InvalidOperationException() : new EpollPoller(),
        }));
        await descriptors.AssertNoneLeakedAsync();
    }

    [Fact]
    public async Task DrainAsync_ConnectionStays_ReturnsItAfterTheGrace()
    {
        var clock = new FakeClock();
        await using var group = new HubGroup(2, new HubOptions { TimeProvider = clock });
        group.Start();
        MemoryConnection.Connect(group.LeastLoaded(),
            static async connection => { while (await connection.WaitReadableAsync()) { await Coroutine.Yield(); } });
        var draining = group.DrainAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        foreach (var hub in group.Hubs)
            await hub.SettleAsync().Soon();
        Assert.False(draining.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, await draining.Soon());
        await group.StopAsync().Soon();
        Assert.Equal(0, group.ConnectionCount);
    }

    [Fact]
    public async Task Drain_BeforeAConnectionAttaches_ItStartsDraining()
    {
        await using var host = new TestHub();
        bool? draining = null;
        host.Hub.Drain();
        MemoryConnection.Connect(host.Hub, connection =>
        {
            draining = connection.IsDraining;
            connection.Close();
            return Task.CompletedTask;
        });
        await host.SettleAsync();
        Assert.True(draining);
        await host.Hub.Drained.Soon();
    }

    [Fact]
    public async Task Drain_IdleConnectionWaits_ComesBackToLook()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, static async connection =>
        {
            using (connection)
            {
                connection.IsIdle = true;
                Assert.True(await connection.WaitReadableAsync());
                Assert.True(connection.IsDraining);
                Assert.Equal(TransferStatus.WouldBlock, connection.Receive(new byte[1]).Status);
            }
        });
        await host.SettleAsync();
        host.Hub.Drain();
        await host.Hub.Drained.Soon();
        Assert.True(peer.IsClosed);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task EndIdle_FewerThanThereAre_EndsSoMany()
    {
        await using var host = new TestHub();
        for (int i = 0; i < 10; i++)
        {
            bool idle = i % 2 == 0;
            MemoryConnection.Connect(host.Hub, async connection =>
            {
                using (connection)
                {
                    connection.IsIdle = idle;
                    while (await connection.WaitReadableAsync() && !connection.IsDraining)
                        await Coroutine.Yield();
                }
            });
        }
        await host.SettleAsync();
        host.Hub.EndIdle(3);
        await host.SettleAsync();
        Assert.Equal(7, host.Hub.ConnectionCount);
        host.Hub.EndIdle(30);
        await host.SettleAsync();
        Assert.Equal(5, host.Hub.ConnectionCount);
    }

    [Fact]
    public async Task EndIdle_SomeHaveBeenIdleLonger_EndsThoseFirst()
    {
        await using var host = new TestHub(new FakeClock());
        var ended = new List<int>();
        foreach (int minutes in (int[])[3, 1, 4, 2])
        {
            MemoryConnection.Connect(host.Hub, async connection =>
            {
                using (connection)
                {
                    connection.IsIdle = true;
                    connection.SetDeadline(TimeSpan.FromMinutes(minutes)); // the earlier it passes, the longer ago it was set
                    await connection.WaitReadableAsync();
                    ended.Add(minutes);
                }
            });
        }
        await host.SettleAsync();
        host.Hub.EndIdle(2);
        await host.SettleAsync();
        Assert.Equal([1, 2], ended.Order());
    }

    // Bug: an observer that threw ended the hub's thread, and with it the process.
    [Fact]
    public async Task Observer_Throws_HubLives()
    {
        var hub = new Hub(new HubOptions { Observer = new ThrowingObserver() });
        hub.Start();
        hub.Post(static () => throw new FormatException());
        await hub.InvokeAsync(static async () => await Coroutine.Yield()).Soon();
        await hub.Stop().Soon();
    }

    private sealed class ThrowingObserver : IHubObserver
    {
        public void CoroutineFailed(Coroutine? coroutine, Exception exception) => throw new NotSupportedException();

        public void CoroutineAbandoned(Coroutine coroutine, TimeSpan grace) => throw new InvalidOperationException();

        public void AcceptPaused(System.Net.EndPoint? endPoint, string reason, TimeSpan pause) => throw new NotSupportedException();

        public void HubBlocked(Hub hub, BlockingStretch stretch) => throw new NotSupportedException();
    }
}
