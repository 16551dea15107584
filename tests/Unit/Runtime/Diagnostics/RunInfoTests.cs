using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Diagnostics;

/// <summary>gevent: <c>gevent.util.print_run_info</c>, <c>GreenletTree</c>.</summary>
public sealed class RunInfoTests
{
    private static HubInfo Of(TestHub host, RunInfo info) => Assert.Single(info.Hubs, hub => hub.Id == host.Hub.Id);

    [Fact]
    public async Task Capture_WaitingCoroutines_SaysWhatForSinceWhenAndWhoseTheyAre()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var foreign = new TaskCompletionSource();
        Coroutine? parent = null;
        await host.RunAsync(() =>
        {
            parent = Coroutine.Spawn(async () =>
            {
                Coroutine.Current!.Group.Spawn(() => Coroutine.Sleep(TimeSpan.FromHours(1)).AsTask()).Name = "child";
                await foreign.Task;
            });
            parent.Name = "parent";
            Coroutine.Spawn(async () => await parent).Name = "waiter";
        });
        await host.SettleAsync();
        clock.Advance(TimeSpan.FromSeconds(3));
        await Until.TrueAsync(() => host.Hub.IsSleeping, "the hub sleeps");
        var info = RunInfo.Capture(TestHub.Patience);
        var hub = Of(host, info);
        Assert.Equal(HubState.Sleeping, hub.State);
        Assert.Equal(3, hub.Coroutines.Count + hub.Coroutines.Sum(static coroutine => coroutine.Children.Count));
        var shown = Assert.Single(hub.Coroutines, static coroutine => coroutine.Text.StartsWith("parent #"));
        Assert.Contains("RunInfoTests.cs:", shown.Text);
        Assert.Equal(["something foreign"], shown.WaitsFor);
        Assert.Equal(TimeSpan.FromSeconds(3), shown.Since);
        var child = Assert.Single(shown.Children);
        Assert.StartsWith("child #", child.Text);
        Assert.Equal(["sleep"], child.WaitsFor);
        var waiter = Assert.Single(hub.Coroutines, static coroutine => coroutine.Text.StartsWith("waiter #"));
        Assert.StartsWith($"the end of parent #{parent!.Id}", Assert.Single(waiter.WaitsFor));

        string text = info.ToString();
        Assert.Contains($"hub #{hub.Id} on thread \"hub {hub.Id}\": sleeping", text);
        Assert.Contains("waits for something foreign since 3 s", text);
        Assert.Contains($"{Environment.NewLine}    child #", text);
        foreign.SetResult();
    }

    [Fact]
    public async Task Capture_Counters_TellWhatHasBeen()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            await Coroutine.Spawn(() => throw new IOException()).JoinAsync();
            await Coroutine.Spawn(async () => { });
        });
        var hub = Of(host, RunInfo.Capture(TestHub.Patience));
        Assert.Equal(1, hub.Failed);
        Assert.Equal(3, hub.Spawned);
        Assert.Equal(3, hub.Ended);
        Assert.Equal(0, hub.Abandoned);
        Assert.True(hub.Turns > 0);
    }

    [Fact]
    public async Task Capture_OnAHub_ShowsTheOneThatAsksAsRunning()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            Coroutine.Current!.Name = "asking";
            var hub = Of(host, await RunInfo.CaptureAsync(TestHub.Patience));
            Assert.Equal(HubState.Running, hub.State);
            Assert.Empty(Assert.Single(hub.Coroutines, static coroutine => coroutine.Text.StartsWith("asking")).WaitsFor);
        });
    }

    [Fact]
    public async Task Capture_HubHangs_SaysInWhat()
    {
        await using var host = new TestHub();
        using var isHeld = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var held = host.RunAsync(() =>
        {
            Coroutine.Current!.Name = "stuck";
            isHeld.Set();
            mayEnd.Wait(TestHub.Patience, CancellationToken.None);
        });
        Assert.True(isHeld.Wait(TestHub.Patience, CancellationToken.None));
        var info = RunInfo.Capture(TimeSpan.Zero);
        var hub = Of(host, info);
        mayEnd.Set();
        await held;
        Assert.Equal(HubState.Hanging, hub.State);
        Assert.StartsWith("stuck #", hub.Current);
        Assert.Contains("hanging in stuck #", info.ToString());
    }

    [Fact]
    public async Task Capture_HubHasStopped_DoesNotShowIt()
    {
        await using var host = new TestHub();
        await host.StopAsync();
        Assert.DoesNotContain(RunInfo.Capture(TestHub.Patience).Hubs, hub => hub.Id == host.Hub.Id);
    }
}
