using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

/// <summary>gevent: <c>hub.threadpool</c>.</summary>
public sealed class HubBlockingTests
{
    [Fact]
    public async Task Run_ComesBackToTheCoroutineWithTheResult()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var self = Coroutine.Current;
            var thread = await Hub.RunBlockingAsync(static () => Thread.CurrentThread);
            Assert.Same(self, Coroutine.Current);
            Assert.NotSame(Thread.CurrentThread, thread);
            Assert.False(thread.IsThreadPoolThread);
            bool hasRun = false;
            await Hub.RunBlockingAsync(() => { hasRun = true; });
            Assert.True(hasRun);
        });
    }

    [Fact]
    public async Task Run_Throws_GivesTheExceptionWithItsStack()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var exception = await Assert.ThrowsAsync<IOException>(async () => await Hub.RunBlockingAsync(Fail));
            Assert.Contains(nameof(Fail), exception.StackTrace, StringComparison.Ordinal);
        });

        static int Fail() => throw new IOException();
    }

    [Fact]
    public async Task Run_FlowsTheExecutionContextAndKeepsItApart()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var local = new AsyncLocal<string?> { Value = "mine" };
            Assert.Equal("mine",
                await Hub.RunBlockingAsync(() => { string? seen = local.Value; local.Value = "the call's"; return seen; }));
            Assert.Equal("mine", local.Value);
        });
    }

    [Fact]
    public async Task Run_NoMoreThanTheLimitAtATime_AndFilesAreNotHeldUp()
    {
        using var gate = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        await using var host = new TestHub(maxBlockingThreads: 2);
        int running = 0, most = 0;
        var calls = host.RunAsync(() => Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Hub.RunBlockingAsync(() =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            begun.Release();
            gate.Wait();
            Interlocked.Decrement(ref running);
        }).AsTask())));
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, await DiskThreads.RunAsync(static () => 5).Soon());
        gate.Release(6);
        await calls;
        Assert.Equal(2, most);

        static void InterlockedMax(ref int target, int value)
        {
            int seen = Volatile.Read(ref target);
            while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var now && now != seen)
                seen = now;
        }
    }

    [Fact]
    public async Task Run_KilledWhileItRuns_GoesOnAndReportsItsFailure()
    {
        using var gate = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var waiting = Coroutine.Spawn(async () =>
                await Hub.RunBlockingAsync(() => { begun.Release(); gate.Wait(); throw new IOException("too late"); }));
            await begun.WaitAsync(TestContext.Current.CancellationToken);
            Assert.True(await waiting.KillAsync());
            gate.Set();
        });
        await Until.TrueAsync(() => !host.Failures.IsEmpty, "the failure was reported");
        var (coroutine, exception) = Assert.Single(host.Failures);
        Assert.Null(coroutine);
        Assert.Equal("too late", exception.Message);
    }

    [Fact]
    public async Task Run_KilledBeforeItsTurn_NeverRuns()
    {
        using var gate = new ManualResetEventSlim();
        await using var host = new TestHub(maxBlockingThreads: 1);
        bool hasRun = false;
        await host.RunAsync(async () =>
        {
            var first = Coroutine.Spawn(async () => await Hub.RunBlockingAsync(() => gate.Wait()));
            var second = Coroutine.Spawn(async () => await Hub.RunBlockingAsync(() => { hasRun = true; }));
            await Coroutine.Yield();
            await Coroutine.Yield();
            Assert.True(await second.KillAsync());
            gate.Set();
            await first;
            await Hub.RunBlockingAsync(static () => { /* after the second's turn */ });
        });
        Assert.False(hasRun);
    }

    [Fact]
    public async Task Run_TheHubStops_EndsTheWait()
    {
        using var gate = new ManualResetEventSlim();
        await using var host = new TestHub();
        var waiting = host.Hub.InvokeAsync(async () => await Hub.RunBlockingAsync(() => gate.Wait()));
        await host.SettleAsync();
        await host.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        gate.Set();
    }

    [Fact]
    public async Task Run_OffAHub_Throws() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Hub.RunBlockingAsync(static () => 1));

    [Fact]
    public void MaxBlockingThreads_LessThanOne_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = new Hub(new HubOptions { MaxBlockingThreads = 0 }); });
}
