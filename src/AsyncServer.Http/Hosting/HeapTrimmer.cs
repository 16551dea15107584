namespace AsyncServer.Http;

/// <summary>
/// Gives memory back once a burst is over. What accepting thousands of connections leaves behind is garbage that nothing would collect
/// while the server is idle, because only allocating starts a collection.
/// </summary>
internal sealed class HeapTrimmer : IDisposable
{
    /// <summary>How long a server must be quiet to count as idle.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Bytes allocated since the last collection here that make another one worth its pause, a few milliseconds.</summary>
    internal const long Worthwhile = 1024 * 1024;

    // Bytes allocated in an interval, and processor time used: a server that answers many requests allocates little too, and a pause would
    // hold them up.
    private const long QuietAllocation = 64 * 1024;
    internal static readonly TimeSpan QuietWork = Interval / 100;

    // A server that is never without work gives its memory back all the same, once it has waited so long for rest.
    internal const int MostDelays = 60;

    private readonly Func<long> _allocated;
    private readonly Func<TimeSpan> _worked;
    private readonly Action _collect;
    private readonly ITimer _timer;
    private long _last;
    private TimeSpan _lastWorked;
    private int _delays;
    private long _trimmed;

    internal HeapTrimmer(TimeProvider time)
        : this(time, static () => GC.GetTotalAllocatedBytes(), static () => Environment.CpuUsage.TotalTime,
            static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true))
    {
    }

    internal HeapTrimmer(TimeProvider time, Func<long> allocated, Func<TimeSpan> worked, Action collect)
    {
        _allocated = allocated;
        _worked = worked;
        _collect = collect;
        _timer = time.CreateTimer(static self => ((HeapTrimmer)self!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long allocated = _allocated();
        var worked = _worked();
        bool isDue = allocated - _last < QuietAllocation && allocated - _trimmed >= Worthwhile;
        if (isDue && (worked - _lastWorked < QuietWork || ++_delays > MostDelays))
        {
            _delays = 0;
            _collect();
            _trimmed = allocated;
        }
        _last = allocated;
        _lastWorked = worked;
    }
}
