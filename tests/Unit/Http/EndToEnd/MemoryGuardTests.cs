using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>Fault 33: memory is short, and then no longer.</summary>
public sealed class MemoryGuardTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly LogRecorder _log = new();
    private readonly List<bool> _changes = [];
    private readonly MemoryGuard _guard;
    private long _live = 10;
    private long _garbage;
    private int _collections;

    public MemoryGuardTests() => _guard = new MemoryGuard(_clock, () => (_live + _garbage, 100), Collect, _log);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Memory_ShortAndEnoughAgain_IsToldOnce()
    {
        Use(live: 86);
        Assert.Equal([true], _changes);
        Use(live: 76); // less, not enough
        Assert.Equal([true], _changes);
        Use(live: 75);
        Assert.Equal([true, false], _changes);
        Use(live: 85);
        Assert.Equal([true, false], _changes);
        Assert.Equal([34, 35], _log.Lines.Select(static line => line.Id.Id));
    }

    [Fact]
    public void Memory_FullOfGarbage_IsCollectedAndNotShort()
    {
        Use(live: 50, garbage: 40);
        Assert.Equal(1, _collections);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Memory_Short_IsCollectedAtMostOnceASecond()
    {
        _live = 90;
        for (int i = 0; i < 50; i++)
            Pass(MemoryGuard.Interval);
        Assert.InRange(_collections, 9, 11);
    }

    [Fact]
    public void Memory_GarbageSoonAfterACollection_IsNotTakenForShort()
    {
        _garbage = 80;
        Pass(MemoryGuard.Interval);
        _garbage = 80;
        Pass(MemoryGuard.Interval);
        Assert.Equal(1, _collections);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Look_ByEachOfSeveralHubs_MeasuresOnceInAnInterval()
    {
        int measured = 0;
        var guard = new MemoryGuard(_clock, () => (++measured, 100), Collect, _log);
        for (int hub = 0; hub < 4; hub++)
            guard.Look();
        Assert.Equal(1, measured);
    }

    private void Use(long live, long garbage = 0)
    {
        (_live, _garbage) = (live, garbage);
        Pass(TimeSpan.FromSeconds(1));
    }

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        bool was = _guard.IsShort;
        _guard.Look();
        if (_guard.IsShort != was)
            _changes.Add(_guard.IsShort);
    }

    private void Collect()
    {
        _collections++;
        _garbage = 0;
    }
}
