using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Polling;

public sealed class WakePollerTests
{
    [Fact]
    public void Wait_WokenBefore_ReturnsAtOnce()
    {
        using var poller = new WakePoller();
        poller.Wake();
        poller.Wake();
        Assert.Equal(0, poller.Wait(new PollEvent[1], -1));
        Assert.Equal(0, poller.Wait(new PollEvent[1], 1)); // the wakes are spent
    }

    [Fact]
    public async Task Wait_WokenByAnotherThread_Ends()
    {
        using var poller = new WakePoller();
        var waiting = Task.Factory.StartNew(() => poller.Wait(new PollEvent[1], -1), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        poller.Wake();
        Assert.Equal(0, await waiting.Soon());
    }

    [Fact]
    public void Wake_AfterDispose_DoesNothing()
    {
        var poller = new WakePoller();
        poller.Dispose();
        poller.Wake();
    }

    [Fact]
    public void Add_ADescriptor_IsRefused()
    {
        using var poller = new WakePoller();
        Assert.Throws<NotSupportedException>(() => poller.Add(3, 1));
    }
}
