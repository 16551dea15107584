using System.Threading.Channels;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Synchronization;

/// <summary>
/// What the BCL has already and this library does not repeat: it works on hubs, and the coroutine goes on on its own hub.
/// </summary>
public sealed class PlatformPrimitiveTests
{
    private const int Coroutines = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>gevent: <c>lock.Semaphore</c>, <c>lock.BoundedSemaphore</c>.</summary>
    [Fact]
    public async Task SemaphoreSlim_AsASemaphore_LetsSoManyIn() => await RunAsync(async () =>
    {
        using var semaphore = new SemaphoreSlim(3, maxCount: 3);
        int inside = 0, most = 0;
        await EachAsync(async _ =>
        {
            await semaphore.WaitAsync(Token);
            most = Math.Max(most, ++inside);
            await Coroutine.Yield();
            inside--;
            semaphore.Release();
        });
        Assert.Equal(3, most);
        Assert.Throws<SemaphoreFullException>(() => semaphore.Release());
    });

    /// <summary>
    /// gevent: <c>lock.Semaphore(1)</c>. For <c>lock.RLock</c> there is no counterpart: this one may not be entered twice.
    /// </summary>
    [Fact]
    public async Task SemaphoreSlim_OfOne_IsALockInTheOrderOfWaiting() => await RunAsync(async () =>
    {
        using var turn = new SemaphoreSlim(1);
        var order = new List<int>();
        await EachAsync(async i =>
        {
            await turn.WaitAsync(Token);
            order.Add(i);
            await Coroutine.Yield();
            turn.Release();
        });
        Assert.Equal(Enumerable.Range(0, Coroutines), order);
    });

    /// <summary>A wait of the BCL ends by the coroutine's token, not by the kill itself.</summary>
    [Fact]
    public async Task SemaphoreSlim_WaiterIsKilled_EndsByItsToken() => await RunAsync(async () =>
    {
        using var semaphore = new SemaphoreSlim(0);
        var waiting = Coroutine.Spawn(async stop => await semaphore.WaitAsync(stop));
        await Coroutine.Yield();
        Assert.True(await waiting.KillAsync());
        semaphore.Release();
        Assert.Equal(1, semaphore.CurrentCount);
    });

    /// <summary>gevent: <c>queue.Queue</c>.</summary>
    [Fact]
    public async Task Channel_Bounded_HandsOnInOrder() => await RunAsync(async () =>
    {
        var channel = Channel.CreateBounded<int>(2);
        var writer = Coroutine.Spawn(async () =>
        {
            for (int i = 0; i < 100; i++)
                await channel.Writer.WriteAsync(i, Token);
            channel.Writer.Complete();
        });
        var seen = new List<int>();
        var self = Coroutine.Current;
        await foreach (int i in channel.Reader.ReadAllAsync(Token))
        {
            Assert.Same(self, Coroutine.Current);
            seen.Add(i);
        }
        await writer;
        Assert.Equal(Enumerable.Range(0, 100), seen);
    });

    /// <summary>
    /// gevent: <c>queue.Channel</c> (a queue of size 0): the writer goes on when a reader has taken it. Here: one place, and an answer.
    /// </summary>
    [Fact]
    public async Task Channel_WithAnAnswer_IsARendezvous() => await RunAsync(async () =>
    {
        var channel = Channel.CreateBounded<(int Item, TaskCompletionSource Taken)>(1);
        bool hasTaken = false;
        var reader = Coroutine.Spawn(async () =>
        {
            await Coroutine.Yield();
            var (item, taken) = await channel.Reader.ReadAsync(Token);
            hasTaken = item == 5;
            taken.SetResult();
        });
        var taken = new TaskCompletionSource();
        await channel.Writer.WriteAsync((5, taken), Token);
        await taken.Task;
        Assert.True(hasTaken);
        await reader;
    });

    /// <summary>gevent: <c>queue.PriorityQueue</c>.</summary>
    [Fact]
    public async Task Channel_Prioritized_GivesTheLeastFirst() => await RunAsync(async () =>
    {
        var channel = Channel.CreateUnboundedPrioritized<int>();
        foreach (int i in (int[])[3, 1, 2])
            await channel.Writer.WriteAsync(i, Token);
        Assert.Equal(1, await channel.Reader.ReadAsync(Token));
        Assert.Equal(2, await channel.Reader.ReadAsync(Token));
        Assert.Equal(3, await channel.Reader.ReadAsync(Token));
    });

    /// <summary>gevent: <c>queue.Queue</c> between hubs, <c>hub.loop.async_</c>.</summary>
    [Fact]
    public async Task Channel_BetweenHubs_EachSideStaysOnItsOwn()
    {
        await using var first = new TestHub();
        await using var second = new TestHub();
        var channel = Channel.CreateBounded<int>(4);
        var writing = first.RunAsync(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await channel.Writer.WriteAsync(i, Token);
                Assert.Same(first.Hub, Hub.Current);
            }
            channel.Writer.Complete();
        });
        await second.RunAsync(async () =>
        {
            int expected = 0;
            await foreach (int i in channel.Reader.ReadAllAsync(Token))
            {
                Assert.Equal(expected++, i);
                Assert.Same(second.Hub, Hub.Current);
            }
            Assert.Equal(1000, expected);
        });
        await writing;
    }

    /// <summary>gevent: <c>event.AsyncResult</c>, for code that knows nothing of hubs.</summary>
    [Fact]
    public async Task TaskCompletionSource_SetOnAnotherThread_GoesOnInTheCoroutine() => await RunAsync(async () =>
    {
        var source = new TaskCompletionSource<int>();
        var (hub, self) = (Hub.Current, Coroutine.Current);
        _ = Task.Run(() => source.SetResult(3), Token);
        Assert.Equal(3, await source.Task);
        Assert.Same(hub, Hub.Current);
        Assert.Same(self, Coroutine.Current);
    });

    /// <summary>gevent: <c>wait(objects, count=1)</c>.</summary>
    [Fact]
    public async Task TaskWhenAny_OverCoroutines_GivesTheFirst() => await RunAsync(async () =>
    {
        var self = Coroutine.Current;
        var slow = Coroutine.Spawn(async () => { await Coroutine.Sleep(Timeout.InfiniteTimeSpan); return 1; });
        var quick = Coroutine.Spawn(async () => { await Coroutine.Yield(); return 2; });
        var quickTask = quick.AsTask();
        Assert.Same(quickTask, await Task.WhenAny(slow.AsTask(), quickTask));
        Assert.Same(self, Coroutine.Current);
        Assert.True(await slow.KillAsync());
    });

    /// <summary>gevent: <c>wait(objects)</c>.</summary>
    [Fact]
    public async Task TaskWhenAll_OverCoroutines_GivesAllResults() => await RunAsync(async () =>
    {
        int[] results = await Task.WhenAll(Enumerable.Range(0, Coroutines).Select(static i => Coroutine.Spawn(async () =>
        {
            await Coroutine.Yield();
            return i;
        }).AsTask()));
        Assert.Equal(Enumerable.Range(0, Coroutines), results);
        Assert.NotNull(Coroutine.Current);
    });

    /// <summary>gevent: <c>hub.loop.timer(seconds, repeat=seconds)</c>.</summary>
    [Fact]
    public async Task PeriodicTimer_OnTheHubsClock_TicksInTheCoroutine()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        int ticks = 0;
        var ticking = host.RunAsync(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Hub.Current!.TimeProvider);
            var self = Coroutine.Current;
            for (; ticks < 3; ticks++)
            {
                Assert.True(await timer.WaitForNextTickAsync(Token));
                Assert.Same(self, Coroutine.Current);
            }
        });
        for (int i = 0; i < 3; i++)
        {
            await host.SettleAsync();
            Assert.Equal(i, ticks);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        await ticking;
    }

    /// <summary>gevent: a generator that waits inside.</summary>
    [Fact]
    public async Task AwaitForeach_OverAnAsyncIterator_StaysInTheCoroutine() => await RunAsync(async () =>
    {
        var self = Coroutine.Current;
        int sum = 0;
        await foreach (int i in NumbersAsync())
        {
            Assert.Same(self, Coroutine.Current);
            sum += i;
        }
        Assert.Equal(45, sum);

        static async IAsyncEnumerable<int> NumbersAsync()
        {
            for (int i = 0; i < 10; i++)
            {
                if (i % 2 == 0)
                    await Coroutine.Yield();
                else
                    await Task.Run(static () => { }, Token);
                yield return i;
            }
        }
    });

    private static async Task EachAsync(Func<int, Task> body)
    {
        var self = Coroutine.Current;
        await Coroutine.JoinAllAsync(Enumerable.Range(0, Coroutines).Select(i => Coroutine.Spawn(async () =>
        {
            var mine = Coroutine.Current;
            await body(i);
            Assert.Same(mine, Coroutine.Current);
        })));
        Assert.Same(self, Coroutine.Current);
    }

    private static async Task RunAsync(Func<Task> body)
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var hub = Hub.Current;
            await body();
            Assert.Same(hub, Hub.Current);
        });
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }
}
