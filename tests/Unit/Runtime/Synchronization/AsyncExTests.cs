#if FULL_NUGET
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;
using Nito.AsyncEx;

namespace AsyncServer.Unit.Runtime.Synchronization;

/// <summary>Nito.AsyncEx knows nothing of hubs; what waits in it goes on as its coroutine, on its own hub.</summary>
public sealed class AsyncExTests
{
    private const int Coroutines = 20;

    [Fact]
    public async Task AsyncLock_OnAHub_LetsOneInAtATimeInOrder() => await RunAsync(async () =>
    {
        var mutex = new AsyncLock();
        var order = new List<int>();
        int inside = 0;
        await Task.WhenAll(Enumerable.Range(0, Coroutines).Select(i => Coroutine.Spawn(async () =>
        {
            var (hub, self) = (Hub.Current, Coroutine.Current);
            using (await mutex.LockAsync())
            {
                Assert.Same(hub, Hub.Current);
                Assert.Same(self, Coroutine.Current);
                Assert.Equal(1, ++inside);
                order.Add(i);
                await Coroutine.Yield();
                inside--;
            }
        }).AsTask()));
        Assert.Equal(Enumerable.Range(0, Coroutines), order);
    });

    [Fact]
    public async Task AsyncLock_WaiterIsKilled_EndsByItsToken() => await RunAsync(async () =>
    {
        var mutex = new AsyncLock();
        using (await mutex.LockAsync())
        {
            var waiting = Coroutine.Spawn(async stop => { using var _ = await mutex.LockAsync(stop); });
            await Coroutine.Yield();
            Assert.True(await waiting.KillAsync());
        }
        using (await mutex.LockAsync())
            Assert.NotNull(Coroutine.Current);
    });

    [Fact]
    public async Task AsyncManualResetEvent_SetOnAnotherThread_WakesEachOnItsOwnHub()
    {
        await using var first = new TestHub();
        await using var second = new TestHub();
        var ready = new AsyncManualResetEvent();
        var waits = ((TestHub[])[first, second]).Select(host => host.RunAsync(async () =>
        {
            var self = Coroutine.Current;
            await ready.WaitAsync();
            Assert.Same(host.Hub, Hub.Current);
            Assert.Same(self, Coroutine.Current);
        })).ToList();
        await Task.WhenAll(first.SettleAsync(), second.SettleAsync());
        Assert.All(waits, static wait => Assert.False(wait.IsCompleted));
        ready.Set();
        await Task.WhenAll(waits);
    }

    [Fact]
    public async Task AsyncProducerConsumerQueue_BetweenHubs_HandsOnInOrder()
    {
        await using var first = new TestHub();
        await using var second = new TestHub();
        var queue = new AsyncProducerConsumerQueue<int>(4);
        var producing = first.RunAsync(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await queue.EnqueueAsync(i);
                Assert.Same(first.Hub, Hub.Current);
            }
        });
        await second.RunAsync(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(i, await queue.DequeueAsync());
                Assert.Same(second.Hub, Hub.Current);
            }
        });
        await producing;
    }

    private static async Task RunAsync(Func<Task> body)
    {
        await using var host = new TestHub();
        await host.RunAsync(body);
    }
}
#endif
