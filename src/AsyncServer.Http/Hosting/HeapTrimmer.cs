namespace AsyncServer.Http;

/// <summary>
/// Gives memory back once a burst is over. What accepting thousands of connections leaves behind is garbage that nothing would collect while the
/// server is idle, because only allocating starts a collection.
/// </summary>
internal sealed class HeapTrimmer : IDisposable
{
    /// <summary>Quiet for so long is idle.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Bytes allocated since the last collection here that make another one worth its pause, a few milliseconds.</summary>
    internal const long Worthwhile = 1024 * 1024;

    // A server that answers many requests allocates little too; one collection then costs it one pause and is the last.
    private const long Quiet = 64 * 1024;

    private readonly Func<long> _allocated;
    private readonly Action _collect;
    private readonly ITimer _timer;
    private long _last;
    private long _trimmed;

    internal HeapTrimmer(TimeProvider time)
        : this(time, static () => GC.GetTotalAllocatedBytes(), static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true))
    {
    }

    internal HeapTrimmer(TimeProvider time, Func<long> allocated, Action collect)
    {
        _allocated = allocated;
        _collect = collect;
        _timer = time.CreateTimer(static self => ((HeapTrimmer)self!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long allocated = _allocated();
        if (allocated - _last < Quiet && allocated - _trimmed >= Worthwhile)
        {
            _collect();
            _trimmed = allocated;
        }
        _last = allocated;
    }
}
