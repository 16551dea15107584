using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class HubStopTests
{
    [Fact]
    public async Task Stop_SleepersAndWaiters_AreWokenAndFinallyBlocksRun()
    {
        await using var host = new TestHub(new FakeClock());
        int cleaned = 0;
        bool? read = null;
        await host.RunAsync(() =>
        {
            Coroutine.Spawn(async () =>
            {
                try { await Coroutine.Sleep(TimeSpan.FromHours(1)); }
                finally
                {
                    await Coroutine.Yield();
                    cleaned++;
                }
            });
        });
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            try { read = await connection.WaitReadableAsync(); }
            finally { cleaned++; }
        });
        await host.SettleAsync();
        await host.StopAsync();
        Assert.Equal(2, cleaned);
        Assert.False(read);
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task Stop_Twice_IsOneStop()
    {
        await using var host = new TestHub();
        var first = host.Hub.Stop();
        await host.StopAsync();
        await first.Soon();
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_Twice_RunsOneThread()
    {
        await using var host = new TestHub();
        host.Hub.Start(); // Bug: a second thread ran the same loop
        int thread = 0;
        await host.RunAsync(() => thread = Environment.CurrentManagedThreadId);
        for (int i = 0; i < 100; i++)
            await host.RunAsync(() => Assert.Equal(thread, Environment.CurrentManagedThreadId));
    }

    // Bug: nobody ran what was posted, and the task never ended.
    [Fact]
    public async Task Stop_NeverStarted_RunsWhatWasPostedAndEnds()
    {
        await using var host = new TestHub(start: false);
        bool ran = false;
        host.Hub.Post(() => ran = true);
        await host.StopAsync();
        Assert.True(ran);
    }

    [Fact]
    public async Task Post_AfterStop_RunsOnThePoolWithoutAContext()
    {
        await using var host = new TestHub();
        await host.StopAsync();
        var ran = new TaskCompletionSource<(bool Pool, SynchronizationContext? Context, Hub? Hub)>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        host.Hub.Post(() => ran.SetResult((Thread.CurrentThread.IsThreadPoolThread, SynchronizationContext.Current, Hub.Current)));
        Assert.Equal((true, null, null), await ran.Task.Soon());
        await host.RunAsync(static () => Task.CompletedTask);
    }

    [Fact]
    public async Task Stop_CoroutineAwaitsAnotherTask_FinallyRunsAfterwardsAndMayClose()
    {
        await using var host = new TestHub();
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        MemoryConnection.Connect(host.Hub, async connection =>
        {
            try { await elsewhere.Task; }
            finally
            {
                // Bug: on the pool, a closed connection said that this is not its hub's thread.
                connection.Close();
                Assert.Equal(TransferStatus.Broken, connection.Receive(new byte[1]).Status);
                Assert.False(await connection.WaitReadableAsync());
                ended.SetResult();
            }
        });
        await host.SettleAsync();
        await host.StopAsync();
        elsewhere.SetResult();
        await ended.Task.Soon();
    }

    // Bug: a sleep that began while the hub stopped was never woken.
    [Fact]
    public async Task Stop_FinallyBlockSleeps_IsCancelledAgain()
    {
        await using var host = new TestHub();
        bool second = false;
        await host.RunAsync(() =>
        {
            Coroutine.Spawn(async () =>
            {
                try { await Coroutine.Sleep(TimeSpan.FromHours(1)); }
                finally
                {
                    try { await Coroutine.Sleep(TimeSpan.FromSeconds(1)); }
                    catch (OperationCanceledException) { second = true; }
                }
            });
        });
        await host.SettleAsync();
        await host.StopAsync();
        Assert.True(second);
    }

    // Bug: the hub waited for a queue that never ran dry.
    [Fact]
    public async Task Stop_CoroutineYieldsForEver_Ends()
    {
        await using var host = new TestHub();
        await host.RunAsync(() => { Coroutine.Spawn(static async () => { while (true) await Coroutine.Yield(); }); });
        await host.StopAsync();
        await Until.TrueAsync(() => host.Hub.CoroutineCount == 0, "the coroutine has ended");
    }

    // Bug: a connection whose coroutine started while the hub stopped, or later, stayed open and counted for ever.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_HubStopsOrHasStopped_IsReset(bool hasStopped)
    {
        await using var host = new TestHub();
        bool handled = false;
        MemoryPeer? peer = null;
        Func<Connection, Task> handle = async connection =>
        {
            handled = true;
            await connection.WaitReadableAsync();
        };
        if (hasStopped)
        {
            await host.StopAsync();
            peer = MemoryConnection.Connect(host.Hub, handle);
        }
        else
        {
            await host.RunAsync(() =>
            {
                Coroutine.Spawn(async () =>
                {
                    try { await Coroutine.Sleep(TimeSpan.FromHours(1)); }
                    finally { peer = MemoryConnection.Connect(host.Hub, handle); }
                });
            });
            await host.SettleAsync();
            await host.StopAsync();
        }
        await Until.TrueAsync(() => host.Hub.ConnectionCount == 0, "the connection is gone");
        Assert.False(handled);
        Assert.True(peer!.WasReset);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Post_ManyThreadsWhileTheHubStops_EveryOneRuns()
    {
        for (int round = 0; round < 50; round++)
        {
            await using var host = new TestHub();
            int ran = 0, posted = 0;
            using var go = new ManualResetEventSlim();
            var posters = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                go.Wait();
                for (int i = 0; i < 300; i++)
                {
                    Interlocked.Increment(ref posted);
                    host.Hub.Post(() => Interlocked.Increment(ref ran));
                }
            })).ToArray();
            go.Set();
            await host.StopAsync();
            await Task.WhenAll(posters).Soon();
            await Until.TrueAsync(() => Volatile.Read(ref ran) == posted, "every post ran");
        }
    }
}
