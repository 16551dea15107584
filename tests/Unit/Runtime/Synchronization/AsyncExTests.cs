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

    /// <summary>gevent has none; the usual pattern of many readers or one writer.</summary>
    [Fact]
    public async Task AsyncReaderWriterLock_LetsReadersInTogetherAndAWriterAlone() => await RunAsync(async () =>
    {
        var mutex = new AsyncReaderWriterLock();
        int readers = 0, most = 0, value = 0;
        async Task ReadAsync()
        {
            using (await mutex.ReaderLockAsync())
            {
                most = Math.Max(most, ++readers);
                int before = value;
                await Coroutine.Yield();
                Assert.Equal(before, value);
                readers--;
            }
        }
        async Task WriteAsync()
        {
            using (await mutex.WriterLockAsync())
            {
                Assert.Equal(0, readers);
                await Coroutine.Yield();
                value++;
                Assert.Equal(0, readers);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, Coroutines).Select(i => Coroutine.Spawn(i % 5 == 4 ? WriteAsync : ReadAsync).AsTask()));
        Assert.Equal(Coroutines / 5, value);
        Assert.InRange(most, 2, Coroutines);
    });

    /// <summary>The condition of Python's <c>threading</c>: wait for what another coroutine changes under the same lock.</summary>
    [Fact]
    public async Task AsyncConditionVariable_Notified_WakesOneWithTheLockHeld() => await RunAsync(async () =>
    {
        var mutex = new AsyncLock();
        var filled = new AsyncConditionVariable(mutex);
        var items = new Queue<int>();
        var taken = new List<int>();
        var takers = Enumerable.Range(0, 3).Select(_ => Coroutine.Spawn(async () =>
        {
            var (hub, self) = (Hub.Current, Coroutine.Current);
            using (await mutex.LockAsync())
            {
                while (items.Count == 0)
                    await filled.WaitAsync();
                Assert.Same(hub, Hub.Current);
                Assert.Same(self, Coroutine.Current);
                taken.Add(items.Dequeue());
            }
        })).ToList();
        await Coroutine.Yield();
        for (int i = 0; i < takers.Count; i++)
        {
            using (await mutex.LockAsync())
            {
                items.Enqueue(i);
                filled.Notify();
            }
            await Coroutine.Yield();
        }
        await Task.WhenAll(takers.Select(static taker => taker.AsTask()));
        Assert.Equal([0, 1, 2], taken);
    });

    [Fact]
    public async Task AsyncConditionVariable_WaiterIsKilled_GivesTheLockBack() => await RunAsync(async () =>
    {
        var mutex = new AsyncLock();
        var changed = new AsyncConditionVariable(mutex);
        var waiting = Coroutine.Spawn(async stop =>
        {
            using (await mutex.LockAsync(stop))
                await changed.WaitAsync(stop);
        });
        await Coroutine.Yield();
        Assert.True(await waiting.KillAsync());
        using (await mutex.LockAsync())
            Assert.NotNull(Coroutine.Current);
    });

    /// <summary>A lock and its condition in one, as Java and .NET have it.</summary>
    [Fact]
    public async Task AsyncMonitor_PulseAll_WakesAllOnTheirHubs()
    {
        await using var first = new TestHub();
        await using var second = new TestHub();
        var monitor = new AsyncMonitor();
        bool isOpen = false;
        var waits = ((TestHub[])[first, second]).Select(host => host.RunAsync(async () =>
        {
            using (await monitor.EnterAsync())
            {
                while (!isOpen)
                    await monitor.WaitAsync();
                Assert.Same(host.Hub, Hub.Current);
            }
        })).ToList();
        await Task.WhenAll(first.SettleAsync(), second.SettleAsync());
        Assert.All(waits, static wait => Assert.False(wait.IsCompleted));
        using (await monitor.EnterAsync(TestContext.Current.CancellationToken))
        {
            isOpen = true;
            monitor.PulseAll();
        }
        await Task.WhenAll(waits);
    }

    private static async Task RunAsync(Func<Task> body)
    {
        await using var host = new TestHub();
        await host.RunAsync(body);
    }
}
