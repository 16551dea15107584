using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>Memory goes back once after a burst, not while the server works, and not again while nothing happens.</summary>
public sealed class HeapTrimmerTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly HeapTrimmer _trimmer;
    private long _allocated;
    private TimeSpan _worked;
    private int _collections;

    public HeapTrimmerTests() => _trimmer = new HeapTrimmer(_clock, () => _allocated, () => _worked, () => _collections++);

    public void Dispose() => _trimmer.Dispose();

    [Fact]
    public void Burst_OnceItIsOver_IsCollectedOnce()
    {
        PassInterval(HeapTrimmer.Worthwhile);
        PassInterval(HeapTrimmer.Worthwhile);
        Assert.Equal(0, _collections);
        PassInterval(0);
        Assert.Equal(1, _collections);
        PassInterval(0);
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Trickle_IsCollectedWhenItIsWorthAPause()
    {
        const int Step = 1024;
        for (long allocated = 0; allocated < HeapTrimmer.Worthwhile - Step; allocated += Step)
            PassInterval(Step);
        Assert.Equal(0, _collections);
        PassInterval(Step);
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Burst_WhileTheServerWorks_IsCollectedWhenItNoLongerDoes()
    {
        PassInterval(HeapTrimmer.Worthwhile);
        for (int i = 0; i < 10; i++)
            PassInterval(0, HeapTrimmer.QuietWork);
        Assert.Equal(0, _collections); // answering requests allocates nothing, and none of them should wait for the pause
        PassInterval(0, HeapTrimmer.QuietWork - TimeSpan.FromTicks(1));
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Burst_WhileTheServerNeverRests_IsCollectedInTheEnd()
    {
        PassInterval(HeapTrimmer.Worthwhile);
        for (int i = 0; i <= HeapTrimmer.MostDelays; i++)
        {
            Assert.Equal(0, _collections);
            PassInterval(0, HeapTrimmer.QuietWork);
        }
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Disposed_LooksNoMore()
    {
        PassInterval(HeapTrimmer.Worthwhile);
        _trimmer.Dispose();
        PassInterval(0);
        Assert.Equal(0, _collections);
    }

    private void PassInterval(long allocated, TimeSpan worked = default)
    {
        _worked += worked;
        _allocated += allocated;
        _clock.Advance(HeapTrimmer.Interval);
    }
}
