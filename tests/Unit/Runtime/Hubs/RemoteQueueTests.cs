using System.ComponentModel;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class RemoteQueueTests
{
    private static readonly WorkItem Item = new(null, static (object? _) => { }, null);

    [Fact]
    public void TryBeginSleep_ItemCameBefore_RefusesWithoutAWake()
    {
        var poller = new CountingPoller();
        var queue = new RemoteQueue(poller);
        queue.Enqueue(Item);
        Assert.False(queue.TryBeginSleep());
        Assert.Equal(0, poller.Wakes);
        Assert.True(queue.TryDequeue(out _));
    }

    [Fact]
    public void Enqueue_HubSleeps_WakesOnce()
    {
        var poller = new CountingPoller();
        var queue = new RemoteQueue(poller);
        Assert.True(queue.TryBeginSleep());
        queue.Enqueue(Item);
        queue.Enqueue(Item);
        Assert.Equal(1, poller.Wakes);
        queue.EndSleep();
        queue.Enqueue(Item);
        Assert.Equal(1, poller.Wakes);
    }

    [Fact]
    public async Task Post_ManyThreadsWhileTheHubSleepsAndWakes_LosesNone()
    {
        const int threads = 4, rounds = 5000;
        await using var host = new TestHub();
        int ran = 0;
        var posters = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                host.Hub.Post(() => Interlocked.Increment(ref ran));
                if (i % 8 == 0)
                    Thread.SpinWait(i % 500); // lets the hub fall asleep now and then
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await Task.WhenAll(posters).Soon();
        await Until.TrueAsync(() => Volatile.Read(ref ran) == threads * rounds, "every post ran");
    }

    // A lost wake shows as a hang here: each post is made while the hub is on its way to sleep.
    [Fact]
    public async Task Post_OneAtATime_WakesTheHubEachTime()
    {
        await using var host = new TestHub();
        using var ran = new SemaphoreSlim(0);
        for (int i = 0; i < 5000; i++)
        {
            host.Hub.Post(() => ran.Release());
            Assert.True(await ran.WaitAsync(TestHub.Patience, TestContext.Current.CancellationToken));
        }
    }

    private sealed class CountingPoller : IPoller
    {
        internal int Wakes { get; private set; }

        public bool IsEdgeTriggered => true;

        public void Add(int descriptor, long token) => throw new Win32Exception();

        public void Arm(int descriptor, long token, PollEvents interest) { }

        public void Disarm(int descriptor, long token, PollEvents interest) { }

        public void Remove(int descriptor) { }

        public int Wait(Span<PollEvent> events, int timeoutMilliseconds) => 0;

        public void Wake() => Wakes++;

        public void Dispose() { }
    }
}
