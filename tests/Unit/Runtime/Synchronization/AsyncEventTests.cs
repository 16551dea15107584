using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Synchronization;

/// <summary>gevent: <c>event.Event</c>.</summary>
public sealed class AsyncEventTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Set_WakesAllInOrderAndNoneInsideTheCall()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var ready = new AsyncEvent();
            var woken = new List<int>();
            var waiters = Enumerable.Range(0, 50).Select(i => Coroutine.Spawn(async () => { await ready.WaitAsync(); woken.Add(i); }))
                .ToList();
            await Coroutine.Yield();
            Assert.False(ready.IsSet);
            ready.Set();
            Assert.True(ready.IsSet);
            Assert.Empty(woken);
            await Coroutine.JoinAllAsync(waiters);
            Assert.Equal(Enumerable.Range(0, 50), woken);
            await ready.WaitAsync();
            Assert.True(await ready.WaitAsync(TimeSpan.Zero));
        });
    }

    [Fact]
    public async Task Set_ClearedAtOnce_WakesThoseWhoWaitedAndNobodyElse()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var ready = new AsyncEvent();
            var early = Coroutine.Spawn(async () => await ready.WaitAsync(Timeout.InfiniteTimeSpan));
            await Coroutine.Yield();
            ready.Set();
            ready.Clear();
            var late = Coroutine.Spawn(async () => await ready.WaitAsync());
            Assert.True(await early);
            Assert.False(late.IsCompleted);
            Assert.True(await late.KillAsync());
        });
    }

    [Fact]
    public async Task Set_FromAnotherThread_WakesTheWaitersOfSeveralHubsOnTheirOwn()
    {
        await using var first = new TestHub();
        await using var second = new TestHub();
        var ready = new AsyncEvent();
        Task[] waiting = [WaitAsync(first), WaitAsync(second), WaitAsync(first), WaitAsync(second)];
        await first.SettleAsync();
        await second.SettleAsync();
        ready.Set();
        await Task.WhenAll(waiting).Soon();

        Task WaitAsync(TestHub host) => host.RunAsync(async () =>
        {
            var self = Coroutine.Current;
            await ready.WaitAsync();
            Assert.Same(host.Hub, Hub.Current);
            Assert.Same(self, Coroutine.Current);
        });
    }

    [Fact]
    public async Task Wait_TimeIsOver_ReturnsFalseAndLeavesNothing()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var ready = new AsyncEvent();
        var waiting = host.RunAsync(async () => Assert.False(await ready.WaitAsync(Second)));
        await host.SettleAsync();
        clock.Advance(Second);
        await waiting;
        await host.RunAsync(async () =>
        {
            Assert.False(await ready.WaitAsync(TimeSpan.Zero));
            ready.Set();
            Assert.True(await ready.WaitAsync(Second));
            Assert.Equal(0, host.Hub.Alarms.Count);
        });
    }

    [Fact]
    public async Task Wait_CancelledKilledOrLimited_Ends()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var ready = new AsyncEvent();
            using var source = new CancellationTokenSource();
            var cancelled = Coroutine.Spawn(async () => await ready.WaitAsync(source.Token));
            var killed = Coroutine.Spawn(async () => await ready.WaitAsync());
            var limited = Coroutine.Spawn(() =>
                Coroutine.WithTimeoutAsync(TimeSpan.Zero, async cancellation => await ready.WaitAsync(cancellation)));
            await Coroutine.Yield();
            await source.CancelAsync();
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
            Assert.Equal(source.Token, exception.CancellationToken);
            Assert.True(await killed.KillAsync());
            await Assert.ThrowsAsync<TimeoutException>(async () => await limited);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ready.WaitAsync(source.Token));
        });
    }

    [Fact]
    public async Task Wait_TheHubStops_Ends()
    {
        await using var host = new TestHub();
        var waiting = host.Hub.InvokeAsync(async () => await new AsyncEvent().WaitAsync());
        await host.SettleAsync();
        await host.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
    }

    [Fact]
    public async Task Set_WhileOthersTimeOut_LosesNobody()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                var ready = new AsyncEvent();
                var patient = Coroutine.Spawn(async () => await ready.WaitAsync(TestHub.Patience));
                var hasty = Coroutine.Spawn(async () => await ready.WaitAsync(TimeSpan.FromTicks(i % 5)));
                _ = Task.Run(ready.Set, TestContext.Current.CancellationToken);
                Assert.True(await patient);
                await hasty;
            }
        });
    }

    [Fact]
    public async Task Wait_OffAHub_Throws() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await new AsyncEvent().WaitAsync(Token));
}
