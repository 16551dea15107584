using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Synchronization;

/// <summary>gevent: <c>queue.JoinableQueue</c>.</summary>
public sealed class JoinableQueueTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PutAndGet_AreInOrderAndCounted() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>(maxSize: 2);
        Assert.True(queue.TryPut(1));
        await queue.PutAsync(2);
        Assert.False(queue.TryPut(3));
        Assert.Equal((2, 2, 2), (queue.Count, queue.UnfinishedTasks, queue.MaxSize));
        Assert.Equal(1, await queue.GetAsync());
        Assert.True(queue.TryGet(out int second));
        Assert.Equal(2, second);
        Assert.False(queue.TryGet(out _));
        Assert.Equal((0, 2), (queue.Count, queue.UnfinishedTasks));
    });

    [Fact]
    public async Task Getters_AreServedInTheOrderInWhichTheyCame() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>();
        var getters = Enumerable.Range(0, 20).Select(_ => Coroutine.Spawn(async () => await queue.GetAsync())).ToList();
        await Coroutine.Yield();
        for (int i = 0; i < 20; i++)
            Assert.True(queue.TryPut(i));
        Assert.False(queue.TryGet(out _)); // they are those of who came first
        for (int i = 0; i < 20; i++)
            Assert.Equal(i, await getters[i]);
    });

    [Fact]
    public async Task Putters_OfAFullQueue_AreServedInTheOrderInWhichTheyCame() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>(1);
        var putters = Enumerable.Range(0, 10).Select(i => Coroutine.Spawn(async () => await queue.PutAsync(i))).ToList();
        await Coroutine.Yield();
        Assert.Equal(1, queue.Count);
        for (int i = 0; i < 10; i++)
            Assert.Equal(i, await queue.GetAsync());
        Assert.True(await Coroutine.JoinAllAsync(putters));
    });

    [Fact]
    public async Task GetAndPut_TimeIsOver_ThrowTimeoutException() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>(1);
        await Assert.ThrowsAsync<TimeoutException>(async () => await queue.GetAsync(TimeSpan.Zero, Token));
        await queue.PutAsync(1);
        await Assert.ThrowsAsync<TimeoutException>(async () => await queue.PutAsync(2, TimeSpan.Zero, Token));
        Assert.Equal(1, await queue.GetAsync(Second));
        await queue.PutAsync(3, Second);
        Assert.Equal(3, await queue.GetAsync());
    });

    [Fact]
    public async Task Get_TimedOutEarlier_TakesNothing()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var queue = new JoinableQueue<int>();
        var waiting = host.RunAsync(async () =>
        {
            var late = Coroutine.Spawn(async () => await queue.GetAsync(Second));
            await Assert.ThrowsAsync<TimeoutException>(async () => await late);
            Assert.True(queue.TryPut(1));
            Assert.True(queue.TryGet(out int item));
            Assert.Equal(1, item);
        });
        await host.SettleAsync();
        clock.Advance(Second);
        await waiting;
    }

    [Fact]
    public async Task Get_KilledBeforeTheItemCame_LeavesItToTheNext() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>();
        var killed = Coroutine.Spawn(async () => await queue.GetAsync());
        var next = Coroutine.Spawn(async () => await queue.GetAsync());
        await Coroutine.Yield();
        killed.BeginKill();
        Assert.True(queue.TryPut(1));
        Assert.Equal(1, await next);
        Assert.False(killed.IsSuccessful);
    });

    [Fact]
    public async Task Get_KilledAfterTheItemCame_LeavesItToTheNextOrInTheQueue() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>();
        var killed = Coroutine.Spawn(async () => await queue.GetAsync());
        var next = Coroutine.Spawn(async () => await queue.GetAsync());
        await Coroutine.Yield();
        Assert.True(queue.TryPut(1));
        killed.BeginKill();
        Assert.Equal(1, await next);
        Assert.True(killed.IsCompleted);

        var alone = Coroutine.Spawn(async () => await queue.GetAsync());
        await Coroutine.Yield();
        Assert.True(queue.TryPut(2));
        Assert.True(await alone.KillAsync());
        Assert.Equal(1, queue.Count);
        Assert.Equal(2, await queue.GetAsync());
    });

    [Fact]
    public async Task Put_KilledWhenThereWasRoom_PutsNothingAndGivesTheRoomOn() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>(1);
        await queue.PutAsync(0);
        var killed = Coroutine.Spawn(async () => await queue.PutAsync(1));
        var next = Coroutine.Spawn(async () => await queue.PutAsync(2, null, Token));
        await Coroutine.Yield();
        Assert.Equal(0, await queue.GetAsync());
        killed.BeginKill();
        await next;
        Assert.True(killed.IsCompleted);
        Assert.Equal(2, await queue.GetAsync());
        Assert.Equal(0, queue.Count);
        Assert.True(queue.TryPut(3));
    });

    [Fact]
    public async Task Get_LimitOfTimeAfterTheItemCame_KeepsIt() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>();
        Assert.True(queue.TryPut(5));
        Assert.Equal(5, await Coroutine.WithTimeoutAsync(TimeSpan.Zero, async cancellation => await queue.GetAsync(null, cancellation)));
        await Assert.ThrowsAsync<TimeoutException>(() =>
            Coroutine.WithTimeoutAsync(TimeSpan.Zero, async cancellation => await queue.GetAsync(null, cancellation)));
        Assert.True(queue.TryPut(6));
        Assert.True(queue.TryGet(out _));
    });

    [Fact]
    public async Task Join_WaitsUntilEveryItemIsDone() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>();
        Assert.True(await queue.JoinAsync());
        int done = 0;
        await using var workers = new CoroutineGroup();
        for (int i = 0; i < 3; i++)
        {
            _ = workers.Spawn(async () =>
            {
                await foreach (int item in queue)
                {
                    await Coroutine.Yield();
                    done++;
                    queue.TaskDone();
                }
            });
        }
        for (int i = 0; i < 100; i++)
            await queue.PutAsync(i);
        Assert.False(await queue.JoinAsync(TimeSpan.Zero));
        Assert.True(await queue.JoinAsync());
        Assert.Equal(100, done);
        Assert.Equal(0, queue.UnfinishedTasks);
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
    });

    [Fact]
    public async Task Items_Enumerated_EndWithTheToken() => await RunAsync(async () =>
    {
        var queue = new JoinableQueue<int>();
        using var stop = new CancellationTokenSource();
        var seen = new List<int>();
        var reader = Coroutine.Spawn(async () =>
        {
            await foreach (int item in queue.WithCancellation(stop.Token))
                seen.Add(item);
        });
        await queue.PutAsync(1);
        await queue.PutAsync(2);
        await Coroutine.Yield();
        await Coroutine.Yield();
        await stop.CancelAsync();
        await reader.JoinAsync();
        Assert.Equal([1, 2], seen);
    });

    [Fact]
    public async Task Use_OnAnotherHubOrNone_Throws()
    {
        var queue = new JoinableQueue<int>();
        Assert.Throws<InvalidOperationException>(() => queue.TryPut(1));
        await RunAsync(async () => await queue.PutAsync(1));
        await RunAsync(async () =>
        {
            Assert.Throws<InvalidOperationException>(() => queue.TryPut(2));
            Assert.Throws<InvalidOperationException>(() => queue.TryGet(out _));
            Assert.Throws<InvalidOperationException>(queue.TaskDone);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await queue.GetAsync(null, Token));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await queue.PutAsync(2, null, Token));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await queue.JoinAsync(null, Token));
        });
        Assert.Equal(1, queue.Count);
    }

    private static async Task RunAsync(Func<Task> body)
    {
        await using var host = new TestHub();
        await host.RunAsync(body);
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }
}
