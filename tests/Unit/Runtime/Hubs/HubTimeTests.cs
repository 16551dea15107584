using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class HubTimeTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Sleep_Several_WakeInTheOrderOfTheirTimesThenOfTheirCalls()
    {
        await using var host = new TestHub(_clock);
        var woken = new List<int>();
        await host.RunAsync(() =>
        {
            for (int i = 0; i < 9; i++)
            {
                int order = i;
                int seconds = "312132111"[i] - '0';
                _ = Coroutine.Spawn(async () =>
                {
                    await Coroutine.Sleep(TimeSpan.FromSeconds(seconds));
                    woken.Add(seconds * 100 + order);
                });
            }
        });
        await host.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));
        await host.SettleAsync();
        Assert.Equal([101, 103, 106, 107, 108, 202, 205, 300, 304], woken);
    }

    [Fact]
    public async Task Swept_Throws_IsCalledOnTheHubAllTheSame()
    {
        int onHub = 0;
        var hub = new Hub(new HubOptions
        {
            TimeProvider = _clock,
            Swept = () =>
            {
                onHub += Hub.Current is null ? 0 : 1;
                throw new FormatException();
            },
        });
        hub.Start();
        await hub.SettleAsync().Soon();
        int before = Volatile.Read(ref onHub);
        await hub.SettleAsync().Soon();
        Assert.InRange(Volatile.Read(ref onHub), Math.Max(before + 1, 2), int.MaxValue);
        await hub.Stop().Soon();
    }

    [Fact]
    public async Task Sleep_FakeClock_EndsAtItsTickAndNotBefore()
    {
        await using var host = new TestHub(_clock);
        bool woken = false;
        await host.RunAsync(() => { _ = Coroutine.Spawn(async () => { await Coroutine.Sleep(TimeSpan.FromSeconds(1)); woken = true; }); });
        await host.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(1) - Tick);
        await host.SettleAsync();
        Assert.False(woken);
        _clock.Advance(Tick);
        await host.SettleAsync();
        Assert.True(woken);
    }

    // Bug: the sum overflowed, and the longest sleep was none at all.
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-TimeSpan.TicksPerMillisecond)] // Timeout.InfiniteTimeSpan
    public async Task Sleep_ForEver_WaitsUntilCancelled(long ticks)
    {
        await using var host = new TestHub(_clock);
        using var cancellation = new CancellationTokenSource();
        var sleeping = host.Hub.InvokeAsync(async () => await Coroutine.Sleep(TimeSpan.FromTicks(ticks), cancellation.Token));
        await host.SettleAsync();
        _clock.Advance(TimeSpan.FromDays(3000));
        await host.SettleAsync();
        Assert.False(sleeping.IsCompleted);
        await cancellation.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping.Soon());
        Assert.Equal(cancellation.Token, exception.CancellationToken);
    }

    // Bug: with a clock that stands still the woken coroutine was due again at once, and the hub never polled.
    [Fact]
    public async Task Sleep_ZeroForEver_DoesNotStarveOthers()
    {
        await using var host = new TestHub(_clock);
        bool stop = false;
        await host.RunAsync(() => { _ = Coroutine.Spawn(async () => { while (!stop) await Coroutine.Sleep(TimeSpan.Zero); }); });
        await host.RunAsync(() => stop = true);
    }

    [Fact]
    public async Task Sleep_Zero_LetsAllRunThatIsReady()
    {
        await using var host = new TestHub();
        int ran = 0;
        await host.RunAsync(async () =>
        {
            for (int i = 0; i < 500; i++)
                _ = Coroutine.Spawn(() => { ran++; return Task.CompletedTask; });
            await Coroutine.Sleep(TimeSpan.Zero);
            Assert.Equal(500, ran);
        });
    }

    [Fact]
    public async Task Sleep_CancelledBefore_ThrowsAtOnce()
    {
        await using var host = new TestHub(_clock);
        var cancelled = new CancellationToken(canceled: true);
        await host.RunAsync(async () =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Coroutine.Sleep(TimeSpan.FromHours(1), cancelled));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Coroutine.Sleep(TimeSpan.Zero, cancelled));
        });
    }

    // Bug: cancelled sleeps stayed until their time came: 30 s timeouts of 100,000 requests a second were three million of them.
    [Fact]
    public async Task Sleep_ManyCancelled_AreForgotten()
    {
        await using var host = new TestHub(_clock);
        await host.RunAsync(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                using var cancellation = new CancellationTokenSource();
                var sleep = Coroutine.Sleep(TimeSpan.FromHours(1), cancellation.Token).AsTask();
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleep);
            }
            Assert.Equal(0, host.Hub.Alarms.Count);
            Assert.InRange(host.Hub.Alarms.Held, 0, 130);
            var survivor = Coroutine.Sleep(TimeSpan.FromHours(2), TestContext.Current.CancellationToken).AsTask();
            _clock.Advance(TimeSpan.FromHours(2));
            await survivor;
        });
    }

    [Fact]
    public async Task Deadline_FakeClock_PassesAtItsTick()
    {
        await using var host = new TestHub(_clock);
        bool? result = null;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                connection.SetDeadline(TimeSpan.FromSeconds(5));
                result = await connection.WaitReadableAsync();
                Assert.True(connection.IsTimedOut);
                await Coroutine.Yield();
                Assert.True(connection.CancellationToken.IsCancellationRequested);
            }
        });
        await host.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(5) - Tick);
        await host.SettleAsync();
        Assert.Null(result);
        _clock.Advance(Tick);
        await host.SettleAsync();
        Assert.False(result);
        Assert.True(peer.IsClosed);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Deadline_AlmostForEver_DoesNotPass()
    {
        await using var host = new TestHub(_clock);
        bool ended = false;
        MemoryConnection.Connect(host.Hub, async connection =>
        {
            connection.SetDeadline(TimeSpan.MaxValue);
            await connection.WaitReadableAsync();
            ended = true;
        });
        await host.SettleAsync();
        _clock.Advance(TimeSpan.FromDays(10_000));
        await host.SettleAsync();
        Assert.False(ended);
    }

    [Fact]
    public async Task Deadline_ProcessWasStopped_Shifts()
    {
        await using var host = new TestHub(_clock, maxTimeStep: TimeSpan.FromSeconds(1));
        bool? result = null;
        MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                connection.SetDeadline(TimeSpan.FromSeconds(3));
                result = await connection.WaitReadableAsync();
            }
        });
        await host.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(20)); // SIGSTOP, SIGCONT
        await host.SettleAsync();
        Assert.Null(result);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await host.SettleAsync();
        Assert.Null(result);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await host.SettleAsync();
        Assert.False(result);
    }

    // Bug: arming the timer of a clock that moves by itself was repeated until it stood still: the hub never polled again.
    [Fact]
    public async Task ForeignClock_MovesByItself_HubServesAndSleeps()
    {
        await using var host = new TestHub(new ShiftedClock());
        await host.RunAsync(async () => await Coroutine.Sleep(TimeSpan.FromMilliseconds(5)));
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                connection.SetDeadline(TimeSpan.FromDays(100)); // more than a timer of the BCL takes
                await connection.WaitReadableAsync();
            }
        });
        await host.SettleAsync();
        peer.Send("x"u8);
        await peer.ReceiveToEndAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task ForeignClock_AdvancesWhileTheHubArmsItsTimer_IsNotMissed()
    {
        await using var host = new TestHub(_clock);
        for (int i = 0; i < 300; i++)
        {
            var sleeping = host.Hub.InvokeAsync(async () => await Coroutine.Sleep(TimeSpan.FromTicks(10)));
            for (int step = 0; !sleeping.IsCompleted && step < 10 + i % 7; step++)
                _clock.Advance(Tick);
            await host.SettleAsync();
            _clock.Advance(TimeSpan.FromTicks(10));
            await sleeping.Soon();
        }
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromHours(1);
    }
}
