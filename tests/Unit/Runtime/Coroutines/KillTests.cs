using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>Greenlet.kill</c>, <c>killall</c>.</summary>
public sealed class KillTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Kill_Sleeping_EndsItAndRunsItsFinallyBlocks()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            bool hasCleanedUp = false;
            var sleeper = Coroutine.Spawn(async () =>
            {
                try
                {
                    await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    await Coroutine.Sleep(TimeSpan.FromMilliseconds(1)); // the kill came once: cleaning up may wait
                    hasCleanedUp = true;
                }
            });
            await Coroutine.Yield();
            Assert.True(await sleeper.KillAsync());
            Assert.True(hasCleanedUp);
            Assert.True(sleeper.IsCompleted);
            Assert.False(sleeper.IsSuccessful);
            Assert.Null(sleeper.Exception);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleeper);
        });
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Kill_BeforeItsStart_NeverRuns()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            bool hasRun = false;
            var early = Coroutine.Spawn(() => { hasRun = true; return Task.CompletedTask; });
            var later = Coroutine.SpawnLater(TimeSpan.FromHours(1), () => { hasRun = true; return Task.CompletedTask; });
            Assert.True(await Coroutine.KillAllAsync([early, later]));
            Assert.False(hasRun);
            Assert.False(early.IsSuccessful);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await later);
        });
    }

    [Fact]
    public async Task Kill_InAYield_IsThrownThere()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            int turns = 0;
            var busy = Coroutine.Spawn(async () =>
            {
                for (; ; turns++)
                    await Coroutine.Yield();
            });
            await Coroutine.Yield();
            Assert.True(await busy.KillAsync(Second));
            Assert.InRange(turns, 0, 3);
        });
    }

    [Fact]
    public async Task Kill_WaitThatHasJustEnded_StrikesTheNextOne()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var inner = Coroutine.Spawn(async () => await Coroutine.Yield());
            bool hasGoneOn = false;
            var outer = Coroutine.Spawn(async () =>
            {
                await inner;
                hasGoneOn = true;
                await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            });
            await inner; // its end has been told to both
            outer.BeginKill();
            Assert.True(await outer.JoinAsync(Second));
            Assert.True(hasGoneOn);
            Assert.False(outer.IsSuccessful);
        });
    }

    [Fact]
    public async Task Kill_AwaitingAnother_EndsTheOneThatAwaitsAlone()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var inner = Coroutine.Spawn(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
            var outer = Coroutine.Spawn(async () => await inner);
            var joiner = Coroutine.Spawn(async () => await inner.JoinAsync());
            await Coroutine.Yield();
            await Coroutine.Yield();
            Assert.True(await Coroutine.KillAllAsync([outer, joiner], Second));
            Assert.False(inner.IsCompleted);
            Assert.True(await inner.KillAsync());
        });
    }

    [Fact]
    public async Task Kill_SeveralWaitsAtOnce_EndsAll()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var many = Coroutine.Spawn(async () => await Task.WhenAll(
                Coroutine.Sleep(Timeout.InfiniteTimeSpan).AsTask(), Coroutine.Sleep(TimeSpan.FromHours(1)).AsTask()));
            await Coroutine.Yield();
            Assert.True(await many.KillAsync(Second));
        });
    }

    [Fact]
    public async Task Kill_AwaitingSomethingForeign_CancelsItsToken()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var foreign = Coroutine.Spawn(async cancellation => await new TaskCompletionSource().Task.WaitAsync(cancellation));
            await Coroutine.Yield();
            Assert.True(await foreign.KillAsync(Second));
            Assert.True(foreign.CancellationToken.IsCancellationRequested);
        });
    }

    [Fact]
    public async Task Kill_ItIgnoresIt_IsAbandonedAndReported()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var release = new TaskCompletionSource();
        Coroutine? stubborn = null;
        var killing = host.RunAsync(async () =>
        {
            stubborn = Coroutine.Spawn(() => release.Task);
            stubborn.Name = "stubborn";
            await Coroutine.Yield();
            Assert.False(await stubborn.KillAsync(Second));
            Assert.False(stubborn.IsCompleted);
        });
        await host.SettleAsync();
        clock.Advance(Second);
        await killing;
        Assert.Equal([stubborn], host.Abandoned);
        release.SetResult();
        await host.RunAsync(async () => Assert.True(await stubborn!.JoinAsync()));
        Assert.False(stubborn!.IsSuccessful); // it was killed, however it took it
    }

    [Fact]
    public async Task Kill_ItSwallowsTheException_CountsAsKilled()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var deaf = Coroutine.Spawn(async () =>
            {
                try { await Coroutine.Sleep(Timeout.InfiniteTimeSpan); }
                catch (OperationCanceledException) { /* what the test is about */ }
                return 42;
            });
            await Coroutine.Yield();
            Assert.True(await deaf.KillAsync());
            Assert.False(deaf.IsSuccessful);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await deaf);
            Assert.Throws<InvalidOperationException>(() => deaf.Value);
        });
    }

    [Fact]
    public async Task Kill_CleaningUpFails_FailsWithThat()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var bad = Coroutine.Spawn(async () =>
            {
                using var failing = new FailingDisposable();
                await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            });
            await Coroutine.Yield();
            Assert.True(await bad.KillAsync());
            Assert.IsType<IOException>(bad.Exception);
        });
    }

    [Fact]
    public async Task Kill_Itself_ThrowsAtOnce()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            bool hasGoneOn = false;
            var suicide = Coroutine.Spawn(async () =>
            {
                await Coroutine.Current!.KillAsync();
                hasGoneOn = true;
            });
            await suicide.JoinAsync();
            Assert.False(hasGoneOn);
            Assert.False(suicide.IsSuccessful);
        });
    }

    [Fact]
    public async Task Kill_FromAnotherHub_Works()
    {
        await using var host = new TestHub();
        await using var other = new TestHub();
        Coroutine? sleeper = null;
        await host.RunAsync(() => { sleeper = Coroutine.Spawn(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan)); });
        await other.RunAsync(async () => Assert.True(await sleeper!.KillAsync()));
        Assert.True(sleeper!.IsCompleted);
    }

    [Fact]
    public async Task Stop_OfTheHub_EndsWaitsAndCancelsTokens()
    {
        await using var host = new TestHub();
        Coroutine? joining = null;
        Coroutine? foreign = null;
        await host.RunAsync(async () =>
        {
            foreign = Coroutine.Spawn(async cancellation => await new TaskCompletionSource().Task.WaitAsync(cancellation));
            joining = Coroutine.Spawn(async () => await foreign);
            await Coroutine.Yield();
        });
        await host.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => foreign!.AsTask().WaitAsync(TestHub.Patience, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => joining!.AsTask().WaitAsync(TestHub.Patience, TestContext.Current.CancellationToken));
    }

    private sealed class FailingDisposable : IDisposable
    {
        public void Dispose() => throw new IOException("cleaning up failed");
    }
}
