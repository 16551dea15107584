using System.Threading.Tasks.Sources;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class HubWaitTests
{
    [Fact]
    public async Task Begin_WaitUnderWay_Throws()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var wait = new HubWait(host.Hub);
            var first = wait.Begin().Preserve();
            Assert.Throws<InvalidOperationException>(() => { _ = wait.Begin().Preserve(); });
            wait.Complete(true);
            Assert.True(await first);
            host.Hub.Post(() =>
            {
                wait.Complete(false);
                wait.Complete(true); // the second completion of one wait says nothing
            });
            Assert.False(await wait.Begin());
        });
    }

    [Fact]
    public async Task Begin_AbandonedWait_ThrowsUntilItIsTaken()
    {
        await using var host = new TestHub();
        await host.RunAsync(() =>
        {
            var wait = new HubWait(host.Hub);
            AssertPending(wait.Begin());
            wait.Complete(true);
            Assert.Throws<InvalidOperationException>(() => { _ = wait.Begin().Preserve(); }); // ended, but nobody has taken the result
            Assert.True(wait.GetResult(0));
            Assert.Throws<InvalidOperationException>(() => wait.GetResult(0));
            Assert.Throws<InvalidOperationException>(() => wait.GetStatus(0));
            AssertPending(wait.Begin());
        });
    }

    // Bug: the second continuation replaced the first, whose coroutine then hung for ever.
    [Fact]
    public async Task OnCompleted_AwaitedTwice_Throws()
    {
        await using var host = new TestHub();
        await host.RunAsync(() =>
        {
            var wait = new HubWait(host.Hub);
            AssertPending(wait.Begin());
            wait.OnCompleted(static _ => { }, null, 0, ValueTaskSourceOnCompletedFlags.None);
            Assert.Throws<InvalidOperationException>(() =>
                wait.OnCompleted(static _ => { }, null, 0, ValueTaskSourceOnCompletedFlags.None));
        });
    }

    [Fact]
    public async Task OnCompleted_OffTheHub_Throws()
    {
        await using var host = new TestHub();
        HubWait? wait = null;
        await host.RunAsync(() => wait = new HubWait(host.Hub));
        var exception = Assert.Throws<InvalidOperationException>(() =>
            wait!.OnCompleted(static _ => { }, null, 0, ValueTaskSourceOnCompletedFlags.None));
        Assert.Contains("Hub.Post", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsTask_CompletedByRunningCode_ResumesInTheCoroutine()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var self = Coroutine.Current;
            var wait = new HubWait(host.Hub);
            var task = wait.Begin().AsTask();
            host.Hub.Post(() => wait.Complete(true));
            Assert.True(await task);
            Assert.Same(self, Coroutine.Current);
        });
    }

    private static void AssertPending(ValueTask<bool> wait) => Assert.False(wait.IsCompleted);
}
