using System.Diagnostics;

namespace AsyncServer.Runtime;

/// <summary>
/// Sees when one stretch of code holds a hub for too long (gevent: the monitoring thread's <c>max_blocking_time</c>). The hub only counts
/// its stretches; somebody who does not run on it looks now and then whether the number has changed.
/// </summary>
internal sealed class HubWatch : IDisposable
{
    // So many looks in a row must see the same stretch: when the whole process stood still, one of them sees a long time, and no more.
    private const int LooksPerThreshold = 4;
    private const int MaxKept = 10;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly Hub _hub;
    private readonly TimeProvider _time;
    private readonly TimeSpan _threshold;
    private readonly Lock _lock = new();
    private readonly List<BlockingStretch> _worst = [];
    private ITimer? _timer;
    private volatile Hold? _hold;
    private long _count;

    // Of who looks.
    private long _seen = -1;
    private long _lookedAt;
    private long? _reportedAt;
    private int _looks;
    private TimeSpan _held;
    private bool _isReported;

    internal HubWatch(Hub hub, TimeSpan threshold)
    {
        _hub = hub;
        _time = hub.TimeProvider;
        _threshold = threshold;
        Interval = threshold / LooksPerThreshold;
    }

    /// <summary>How often to look.</summary>
    internal TimeSpan Interval { get; }

    /// <summary>Whether a stretch is under way that was noticed.</summary>
    internal bool IsHeld => _hold is not null;

    /// <summary>How many stretches have passed the threshold.</summary>
    internal long Count => Interlocked.Read(ref _count);

    /// <summary>Whether the hub waits for something to do. Any thread may ask.</summary>
    internal bool IsIdle => _hub.IsSleeping;

    /// <summary>
    /// Begins to look, with the thread of all hubs or, where the hub's clock is not the system's, with that clock's timer.
    /// </summary>
    internal void Start()
    {
        if (_hub.Clock.IsSystem)
            Watchdog.Add(this);
        else
            _timer = _time.CreateTimer(static self => ((HubWatch)self!).Look(), this, Interval, Interval);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        if (_hub.Clock.IsSystem)
            Watchdog.Remove(this);
    }

    /// <summary>One look. Not on the hub's thread.</summary>
    internal void Look()
    {
        BlockingStretch? toReport, ended;
        lock (_lock)
            toReport = LookForHold(out ended);
        if (ended is not null)
            _hub.ReportFreed(ended); // without the lock: the hub may want it to go on
        if (toReport is not null)
            _hub.ReportBlocked(toReport);
    }

    /// <summary>The hub's own word that a stretch is over; it tells the length better than the next look would.</summary>
    internal void StretchEnded(long stretch)
    {
        if (_hold is not { } hold || hold.Stretch != stretch)
            return;
        BlockingStretch? ended;
        lock (_lock)
        {
            _held += _time.GetElapsedTime(_lookedAt);
            ended = End(hold);
        }
        if (ended is not null)
            _hub.ReportFreed(ended);
    }

    /// <summary>The worst of the last hour, the longest first; the one that is under way included.</summary>
    internal IReadOnlyList<BlockingStretch> Worst()
    {
        lock (_lock)
        {
            Forget();
            IEnumerable<BlockingStretch> all = _hold is { } hold ? _worst.Append(Stretch(hold)) : _worst;
            return [.. all.OrderByDescending(static stretch => stretch.Duration)];
        }
    }

    // Returns what is to be told now, and what was told of and is over.
    private BlockingStretch? LookForHold(out BlockingStretch? ended)
    {
        ended = null;
        long now = _time.GetTimestamp();
        var step = _time.GetElapsedTime(_lookedAt, now);
        _lookedAt = now;
        long stretch = _hub.Stretch;
        bool isInStretch = _hub.IsInStretch && !Debugger.IsAttached;
        if (_hold is { } hold && (!isInStretch || hold.Stretch != stretch))
            ended = End(hold);
        if (!isInStretch || stretch != _seen)
        {
            (_seen, _looks, _held) = (stretch, 0, TimeSpan.Zero);
            return null;
        }
        _looks++;
        _held += step;
        if (_hold is null && _looks >= LooksPerThreshold && _held >= _threshold)
        {
            _hold = new Hold(stretch, Holder(stretch), _time.GetUtcNow());
            _isReported = false;
            _count++;
        }
        if (_hold is null || _isReported || (_reportedAt is { } last && _time.GetElapsedTime(last, now) < ReportInterval))
            return null;
        (_isReported, _reportedAt) = (true, now);
        return Stretch(_hold);
    }

    private string Holder(long stretch)
    {
        if (_hub.Running is not { } coroutine)
            return "a posted callback";
        string holder = coroutine.ToString();

        // It went on while it was asked: what it says may be about something else.
        return _hub.Stretch == stretch ? holder : $"coroutine #{coroutine.Id}";
    }

    // Returns it if it was told of.
    private BlockingStretch? End(Hold hold)
    {
        if (!ReferenceEquals(_hold, hold))
            return null;
        _hold = null;
        Forget();
        var ended = Stretch(hold);
        _worst.Add(ended);
        if (_worst.Count > MaxKept)
            _worst.Remove(_worst.MinBy(static stretch => stretch.Duration)!);
        return _isReported ? ended : null;
    }

    private void Forget()
    {
        var oldest = _time.GetUtcNow() - KeptFor;
        _worst.RemoveAll(stretch => stretch.NoticedAt < oldest);
    }

    private BlockingStretch Stretch(Hold hold) => new(hold.Holder, _held, hold.NoticedAt);

    private sealed record Hold(long Stretch, string Holder, DateTimeOffset NoticedAt);
}
