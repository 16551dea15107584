using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class HubClockTests
{
    [Fact]
    public void Update_ProcessWasStopped_AdvancesByTheLargestStepOnly()
    {
        var provider = new FakeClock();
        var clock = new HubClock(new HubOptions { TimeProvider = provider, MaxTimeStep = TimeSpan.FromSeconds(1) });
        provider.Advance(TimeSpan.FromSeconds(20));
        clock.Update();
        Assert.Equal(TimeSpan.FromSeconds(1).Ticks, clock.Now);
        provider.Advance(TimeSpan.FromMilliseconds(3));
        clock.Update();
        Assert.Equal(TimeSpan.FromMilliseconds(1003).Ticks, clock.Now);
    }

    // Bug: each look dropped its part of a tick, so a hub that looked every 150 ns lost a third of its time.
    [Fact]
    public void Update_LooksOftenerThanTicksPass_DoesNotRunSlow()
    {
        var provider = new NanosecondClock();
        var clock = new HubClock(new HubOptions { TimeProvider = provider });
        for (int i = 0; i < 1000; i++)
        {
            provider.Nanoseconds += 150;
            clock.Update();
        }
        Assert.Equal(1500, clock.Now);
    }

    [Fact]
    public void Update_ClockStepsBack_StandsStill()
    {
        var provider = new NanosecondClock { Nanoseconds = 10_000 };
        var clock = new HubClock(new HubOptions { TimeProvider = provider });
        provider.Nanoseconds = 0;
        clock.Update();
        Assert.Equal(0, clock.Now);
    }

    private sealed class NanosecondClock : TimeProvider
    {
        internal long Nanoseconds { get; set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Nanoseconds;
    }
}
