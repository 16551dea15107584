using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class HubRunTests
{
    [Fact]
    public void Run_SpawnedCoroutinesOutliveMain_WaitsForThem()
    {
        bool ended = false;
        Hub.Run(() =>
        {
            Coroutine.Spawn(async () => { await Task.Run(static () => { }); await Coroutine.Yield(); ended = true; });
            return Task.CompletedTask;
        });
        Assert.True(ended);
        Assert.Null(Hub.Current);
    }

    [Fact]
    public void Run_MainThrows_ThrowsTheSame() =>
        Assert.Throws<FormatException>(() => Hub.Run(static async () => { await Coroutine.Yield(); throw new FormatException(); }));

    [Fact]
    public void Run_OnAHub_Throws() =>
        Hub.Run(static () =>
            {
                Assert.Throws<InvalidOperationException>(static () =>
                Hub.Run(static () => Task.CompletedTask)); return Task.CompletedTask;
            });

    [Fact]
    public void Run_CallersContexts_AreRestored()
    {
        var outer = SynchronizationContext.Current;
        var mine = new SynchronizationContext();
        var local = new AsyncLocal<int> { Value = 1 };
        SynchronizationContext.SetSynchronizationContext(mine);
        try
        {
            Hub.Run(async () =>
            {
                Assert.Equal(1, local.Value);
                local.Value = 2;
                await Coroutine.Yield();
            });
            Assert.Same(mine, SynchronizationContext.Current);
            Assert.Equal(1, local.Value);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    // Bug: connections on a hub of Hub.Run saw the AsyncLocals of the program that had called it.
    [Fact]
    public void Run_ConnectionHandler_StartsOnTheDefaultContext()
    {
        var local = new AsyncLocal<string?> { Value = "the program's" };
        string? seen = "unset";
        Hub.Run(async () =>
        {
            MemoryConnection.Connect(Hub.Current!, connection => { seen = local.Value; connection.Close(); return Task.CompletedTask; });
            await Coroutine.Sleep(TimeSpan.Zero);
        });
        Assert.Null(seen);
    }

    [Fact]
    public void Run_FlowSuppressed_AsyncLocalsStillDoNotLeak()
    {
        var local = new AsyncLocal<string?>();
        string? seen = "unset";
        using (ExecutionContext.SuppressFlow())
        {
            Hub.Run(async () =>
            {
                var hub = Hub.Current!;
                hub.Post(() => local.Value = "leaked");
                hub.Post(() => seen = local.Value);
                await Coroutine.Sleep(TimeSpan.Zero);
            });
            Assert.True(ExecutionContext.IsFlowSuppressed());
        }
        Assert.Null(seen);
    }

    [Fact]
    public void Run_ThreadHadAHubBefore_OldHubPostsGoToThePool()
    {
        Hub? old = null;
        Hub.Run(() => { old = Hub.Current; return Task.CompletedTask; });
        Assert.False(old!.IsOnThread);
        using var ran = new ManualResetEventSlim();
        old.Post(ran.Set);
        Assert.True(ran.Wait(TestHub.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Run_StopInside_WakesSleepers()
    {
        bool ended = false;
        Assert.ThrowsAny<OperationCanceledException>(() => Hub.Run(async () =>
        {
            _ = Hub.Current!.Stop();
            try { await Coroutine.Sleep(TimeSpan.FromHours(1)); }
            finally { ended = true; }
        }));
        Assert.True(ended);
    }
}
