using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Threads;

public sealed class DiskThreadsTests
{
    [Fact]
    public async Task Run_Function_GivesResultOrException()
    {
        Assert.Equal(7, await DiskThreads.RunAsync(() => 7));
        await Assert.ThrowsAsync<FormatException>(() => DiskThreads.RunAsync<int>(() => throw new FormatException()));
    }

    [Fact]
    public void Run_AwaitedOnAHub_GoesOnThere()
    {
        Thread? worker = null;
        Hub.Run(async () =>
        {
            var hub = Thread.CurrentThread;
            worker = await DiskThreads.RunAsync(() => Thread.CurrentThread);
            Assert.Same(hub, Thread.CurrentThread);
            Assert.NotNull(Coroutine.Current);
        });
        Assert.NotNull(worker);
        Assert.False(worker.IsThreadPoolThread);
    }

    [Fact]
    public async Task Run_ManyAtOnce_RunsAllOnAFewThreads()
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, int>();
        int[] results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => DiskThreads.RunAsync(() =>
        {
            threads[Thread.CurrentThread] = i;
            return i;
        })));
        Assert.Equal(Enumerable.Range(0, 1000), results);
        Assert.InRange(threads.Count, 1, 4);
    }

    [Fact]
    public async Task Run_OneCallHangs_OthersGoOn()
    {
        using var gate = new ManualResetEventSlim();
        var hanging = DiskThreads.RunAsync(() =>
        {
            gate.Wait(TestContext.Current.CancellationToken);
            return 1;
        });
        Assert.Equal(2, await DiskThreads.RunAsync(() => 2));
        gate.Set();
        Assert.Equal(1, await hanging);
    }
}
