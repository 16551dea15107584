using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>with_timeout</c>, <c>Timeout</c>.</summary>
public sealed class TimeLimitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task TimeIsOver_EndsAWaitOfOursWithoutAToken()
    {
        await RunAsync(2, async () =>
        {
            bool hasCleanedUp = false;
            await Assert.ThrowsAsync<TimeoutException>(() => Coroutine.WithTimeoutAsync(Second, async _ =>
            {
                try { await SleepAsync(Timeout.InfiniteTimeSpan); }
                finally
                {
                    await Coroutine.Yield();
                    await SleepAsync(Second / 2);
                    hasCleanedUp = true;
                }
            }));
            Assert.True(hasCleanedUp);
        });
    }

    [Fact]
    public async Task TimeIsOver_CancelsTheTokenForOthers() => await RunAsync(1, async () =>
        await Assert.ThrowsAsync<TimeoutException>(() =>
            Coroutine.WithTimeoutAsync(Second, async cancellation => await new TaskCompletionSource().Task.WaitAsync(cancellation))));

    [Fact]
    public async Task InTime_ReturnsTheResult() => await RunAsync(1, async () =>
    {
        Assert.Equal(3, await Coroutine.WithTimeoutAsync(2 * Second, async _ => { await SleepAsync(Second); return 3; }));
        Assert.Equal(4, await Coroutine.WithTimeoutAsync(Timeout.InfiniteTimeSpan, _ => Task.FromResult(4)));
    });

    [Fact]
    public async Task Zero_EndsTheFirstWait() => await RunAsync(0, async () =>
    {
        bool hasBegun = false;
        await Assert.ThrowsAsync<TimeoutException>(() => Coroutine.WithTimeoutAsync(TimeSpan.Zero, async _ =>
        {
            hasBegun = true;
            await SleepAsync(Timeout.InfiniteTimeSpan);
        }));
        Assert.True(hasBegun);
    });

    [Fact]
    public async Task Nested_TheOuterIsOverFirst_ThrowsOnceAtTheOuter() => await RunAsync(1, async () =>
    {
        bool hasInnerTimedOut = false;
        await Assert.ThrowsAsync<TimeoutException>(() => Coroutine.WithTimeoutAsync(Second, async _ =>
        {
            try
            {
                await Coroutine.WithTimeoutAsync(5 * Second, async _ => await SleepAsync(Timeout.InfiniteTimeSpan));
            }
            catch (TimeoutException)
            {
                hasInnerTimedOut = true;
            }
        }));
        Assert.False(hasInnerTimedOut);
    });

    [Fact]
    public async Task SideBySide_EndOnlyTheirOwnWaits() => await RunAsync(2, async () =>
    {
        var quick = Coroutine.WithTimeoutAsync(Second, async _ => await SleepAsync(Timeout.InfiniteTimeSpan));
        var slow = Coroutine.WithTimeoutAsync(5 * Second, async _ => { await SleepAsync(2 * Second); return 1; });
        var unlimited = SleepAsync(2 * Second);
        await Assert.ThrowsAsync<TimeoutException>(() => quick);
        Assert.Equal(1, await slow);
        await unlimited;
    });

    [Fact]
    public async Task Spawned_InsideALimit_HasItsOwnLimitAlone() => await RunAsync(3, async () =>
    {
        Coroutine<int>? spawned = null;
        await Assert.ThrowsAsync<TimeoutException>(() => Coroutine.WithTimeoutAsync(Second, async _ =>
        {
            spawned = Coroutine.Spawn(() => Coroutine.WithTimeoutAsync(5 * Second, async cancellation =>
            {
                await Coroutine.Sleep(2 * Second, cancellation);
                return 7;
            }));
            await SleepAsync(Timeout.InfiniteTimeSpan);
        }));
        Assert.Equal(7, await spawned!);
    });

    [Fact]
    public async Task Kill_InsideALimit_IsNoTimeout() => await RunAsync(0, async () =>
    {
        var limited = Coroutine.Spawn(() => Coroutine.WithTimeoutAsync(Second, async _ => await SleepAsync(Timeout.InfiniteTimeSpan)));
        await Coroutine.Yield();
        Assert.True(await limited.KillAsync());
        Assert.Null(limited.Exception);
    });

    [Fact]
    public async Task OtherCancellation_InsideALimit_PassesThrough() => await RunAsync(0, async () =>
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Coroutine.WithTimeoutAsync(Second, _ => throw new OperationCanceledException("mine"))));

    // The limit ends it without the token.
    private static async Task SleepAsync(TimeSpan duration) => await Coroutine.Sleep(duration);

    private static async Task RunAsync(int seconds, Func<Task> body)
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var running = host.RunAsync(body);
        for (int step = 0; step < 2 * seconds; step++)
        {
            await host.SettleAsync();
            clock.Advance(Second / 2);
        }
        await running;
        Assert.Equal(0, host.Hub.Alarms.Count);
    }
}
