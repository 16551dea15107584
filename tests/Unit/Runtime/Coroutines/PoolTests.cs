using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>pool.Pool</c>.</summary>
public sealed class PoolTests
{
    [Fact]
    public async Task Spawn_NeverRunsMoreThanItsSize() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(size: 3);
        int running = 0, most = 0, ended = 0;
        for (int i = 0; i < 20; i++)
        {
            _ = await pool.SpawnAsync(async () =>
            {
                most = Math.Max(most, ++running);
                await Coroutine.Yield();
                running--;
                ended++;
            });
        }
        Assert.True(await pool.JoinAsync());
        Assert.Equal((3, 20), (most, ended));
        Assert.Equal((3, 3, 0), (pool.Size, pool.FreeCount, pool.Count));
        Assert.False(pool.IsFull);
    });

    [Fact]
    public async Task Spawn_AllForms_GiveTheCoroutine() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(4);
        var plain = await pool.SpawnAsync(async () => await Coroutine.Yield());
        Coroutine<int> five = await pool.SpawnAsync(async () => 5);
        var stopped = await pool.SpawnAsync(async stop => await new TaskCompletionSource().Task.WaitAsync(stop));
        Coroutine<int> six = await pool.SpawnAsync(async stop => { await Task.Yield(); return stop.CanBeCanceled ? 6 : 0; });
        Assert.True(pool.IsFull && pool.Contains(plain));
        await plain;
        Assert.Equal(11, await five + await six);
        Assert.True(await stopped.KillAsync());
        Assert.Contains(nameof(PoolTests), plain.SpawnSite, StringComparison.Ordinal);
    });

    [Fact]
    public async Task Spawners_AreServedInTheOrderInWhichTheyCame() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(1);
        var started = new List<int>();
        var spawners = Enumerable.Range(0, 10).Select(i => Coroutine.Spawn(async () =>
        {
            await pool.SpawnAsync(async () => { started.Add(i); await Coroutine.Yield(); });
        })).ToList();
        await Coroutine.JoinAllAsync(spawners);
        await pool.JoinAsync();
        Assert.Equal(Enumerable.Range(0, 10), started);
    });

    [Fact]
    public async Task Spawn_KilledWhileWaiting_TakesNoPlace() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(1);
        var release = new AsyncEvent();
        var first = await pool.SpawnAsync(async () => await release.WaitAsync());
        int started = 0;
        var before = Coroutine.Spawn(async () => { await pool.SpawnAsync(async () => { started++; }); });
        var after = Coroutine.Spawn(async () => { await pool.SpawnAsync(async () => { started++; }); });
        await Coroutine.Yield();
        await before.KillAsync();
        release.Set();
        await first;
        await after;
        await pool.JoinAsync();
        Assert.Equal(1, started);
        Assert.Equal(1, pool.FreeCount);
    });

    [Fact]
    public async Task Spawn_KilledWhenItHasAPlace_PassesItOn() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(1);
        var release = new AsyncEvent();
        _ = await pool.SpawnAsync(async () => await release.WaitAsync());
        bool hasRun = false;
        var killed = Coroutine.Spawn(async () => { await pool.SpawnAsync(async () => { hasRun = true; }); });
        var next = Coroutine.Spawn(async () => await pool.SpawnAsync(async () => 8));
        await Coroutine.Yield();
        release.Set();
        await Coroutine.Yield(); // the member has ended; its place is the first spawner's, which has not gone on yet
        Assert.Equal((0, 0), (pool.Count, pool.FreeCount));
        killed.BeginKill();
        Assert.Equal(8, await await next);
        Assert.False(hasRun);
        Assert.True(killed.IsCompleted && !killed.IsSuccessful);
        Assert.Equal(1, pool.FreeCount);
    });

    [Fact]
    public async Task WaitAvailable_WaitsAndTakesNothing() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(1);
        Assert.True(await pool.WaitAvailableAsync());
        var release = new AsyncEvent();
        _ = await pool.SpawnAsync(async () => await release.WaitAsync());
        Assert.False(await pool.WaitAvailableAsync(TimeSpan.Zero));
        var waiting = Coroutine.Spawn(async () => await pool.WaitAvailableAsync());
        await Coroutine.Yield();
        Assert.False(waiting.IsCompleted);
        release.Set();
        Assert.True(await waiting);
        Assert.Equal(1, pool.FreeCount);
    });

    [Fact]
    public async Task KillAndJoin_LeaveEveryPlaceFree() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(8);
        for (int i = 0; i < 8; i++)
            _ = await pool.SpawnAsync(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
        Assert.True(await pool.KillAsync());
        Assert.Equal((8, 0), (pool.FreeCount, pool.Count));
        for (int i = 0; i < 8; i++)
            _ = await pool.SpawnAsync(async () => await Coroutine.Yield());
        Assert.True(await pool.JoinAsync());
        Assert.Equal((8, 0), (pool.FreeCount, pool.Count));
        await Coroutine.Yield();
        Assert.Equal(8, pool.FreeCount);
    });

    [Fact]
    public async Task Dispose_KillsMembersAndRefusesWaitingSpawners() => await RunAsync(async () =>
    {
        var pool = new CoroutinePool(1);
        var member = await pool.SpawnAsync(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
        var waiting = Coroutine.Spawn(async () => { await pool.SpawnAsync(async () => { }); });
        await Coroutine.Yield();
        await pool.DisposeAsync();
        Assert.True(member.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pool.SpawnAsync(async () => { }));
    });

    [Fact]
    public async Task Failure_OfAMember_IsItsOwn()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var pool = new CoroutinePool(1);
            _ = await pool.SpawnAsync(() => throw new IOException("alone"));
            Assert.True(await pool.JoinAsync());
        });
        await host.SettleAsync();
        Assert.Equal("alone", Assert.Single(host.Failures).Exception.Message);
    }

    [Fact]
    public void Size_LessThanOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new CoroutinePool(0));

    [Fact]
    public async Task Spawn_OnAnotherHub_Throws()
    {
        var pool = new CoroutinePool(1);
        await RunAsync(async () => await await pool.SpawnAsync(async () => { }));
        await RunAsync(async () => await Assert.ThrowsAsync<InvalidOperationException>(async () => await pool.SpawnAsync(async () => { })));
    }

    private static async Task RunAsync(Func<Task> body)
    {
        await using var host = new TestHub();
        await host.RunAsync(body);
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }
}
