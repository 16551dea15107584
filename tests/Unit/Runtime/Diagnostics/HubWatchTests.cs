using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Diagnostics;

/// <summary>gevent: the monitoring thread's <c>max_blocking_time</c> and <c>EventLoopBlocked</c>.</summary>
public sealed class HubWatchTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Stretch_PassesTheThreshold_IsReportedOnceWithWhoHoldsTheHub()
    {
        await using var host = new TestHub(_clock);
        using var held = new HeldHub(host, new TestSubject("the work"));
        held.WaitUntilHeld();
        Advance(4);
        Assert.Empty(host.Blocked); // the first look only sees the stretch
        Advance(1);
        var stretch = Assert.Single(host.Blocked);
        Assert.Equal(TimeSpan.FromMilliseconds(100), stretch.Duration);
        Assert.Contains("busy #", stretch.Holder);
        Assert.Contains("HubWatchTests.cs:", stretch.Holder);
        Assert.Contains("[the work]", stretch.Holder);
        Advance(100);
        Assert.Single(host.Blocked);
        Assert.Empty(host.Freed);
    }

    [Fact]
    public async Task Stretch_Ends_ItsWholeLengthIsKept()
    {
        await using var host = new TestHub(_clock);
        using (var held = new HeldHub(host))
        {
            held.WaitUntilHeld();
            Advance(9);
        }
        await host.SettleAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(200), Assert.Single(host.Freed).Duration);
        Assert.Contains("busy #", Assert.Single(host.Freed).Holder);
        Assert.Equal(1, host.Hub.Watch!.Count);
        var kept = Assert.Single(host.Hub.Watch.Worst());
        Assert.Equal(TimeSpan.FromMilliseconds(200), kept.Duration);
        Assert.False(host.Hub.Watch.IsHeld);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(host.Hub.Watch.Worst());
    }

    [Fact]
    public async Task Stretches_ManyInASecond_OneIsReportedAndAllAreCounted()
    {
        await using var host = new TestHub(_clock);
        for (int i = 0; i < 5; i++)
        {
            using (var held = new HeldHub(host))
            {
                held.WaitUntilHeld();
                Advance(5);
            }
            await host.SettleAsync();
        }
        Assert.Single(host.Blocked);
        Assert.Single(host.Freed);
        Assert.Equal(5, host.Hub.Watch!.Count);
    }

    [Fact]
    public async Task Process_StoodStill_IsNotTheHubsFault()
    {
        await using var host = new TestHub(_clock);
        using var held = new HeldHub(host);
        held.WaitUntilHeld();
        Advance(1);
        _clock.Advance(TimeSpan.FromHours(1)); // one look, and a long time
        Assert.Empty(host.Blocked);
    }

    [Fact]
    public async Task Hub_ManyShortPieces_IsNotBlocked()
    {
        await using var host = new TestHub(_clock);
        for (int i = 0; i < 20; i++)
        {
            await host.RunAsync(() => { });
            Advance(1);
        }
        Assert.Empty(host.Blocked);
        Assert.Equal(0, host.Hub.Watch!.Count);
    }

    [Fact]
    public async Task Subject_ThatThrows_IsLeftOut()
    {
        await using var host = new TestHub(_clock);
        using var held = new HeldHub(host, new TestSubject(null));
        held.WaitUntilHeld();
        Advance(5);
        Assert.Contains("no text", Assert.Single(host.Blocked).Holder);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Threshold_ZeroOrInfinite_NobodyLooks(int milliseconds) =>
        Assert.Null(new Hub(new HubOptions { BlockingThreshold = TimeSpan.FromMilliseconds(milliseconds) }).Watch);

    [Fact]
    public async Task Watchdog_SystemClock_LooksByItself()
    {
        await using var host = new TestHub();
        await Until.TrueAsync(() => host.Hub.IsSleeping, "asleep");
        using var held = new HeldHub(host);
        held.WaitUntilHeld();
        await Until.TrueAsync(() => !host.Blocked.IsEmpty, "reported");
    }

    private void Advance(int looks)
    {
        for (int i = 0; i < looks; i++)
            _clock.Advance(Look);
    }

    /// <summary>A coroutine that holds its hub until it is disposed.</summary>
    private sealed class HeldHub : IDisposable
    {
        private readonly ManualResetEventSlim _isHeld = new();
        private readonly ManualResetEventSlim _mayEnd = new();
        private readonly Task _ended;

        internal HeldHub(TestHub host, object? subject = null) => _ended = host.RunAsync(() =>
        {
            var busy = Coroutine.Spawn(async () =>
            {
                _isHeld.Set();
                _mayEnd.Wait(TestHub.Patience);
            });
            busy.Name = "busy";
            busy.Subject = subject;
        });

        internal void WaitUntilHeld() => Assert.True(_isHeld.Wait(TestHub.Patience, CancellationToken.None));

        public void Dispose()
        {
            _mayEnd.Set();
            Assert.True(_ended.Wait(TestHub.Patience));
        }
    }

    private sealed class TestSubject(string? text)
    {
        public override string ToString() => text ?? throw new InvalidOperationException();
    }
}
