using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>Says when memory is so short that new requests are better refused than begun, and when it suffices again. Best effort: it looks four times a second.</summary>
internal sealed class MemoryGuard : IDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Full collections pause the process; so many are bearable where the alternative is its end.
    private static readonly TimeSpan CollectionInterval = TimeSpan.FromSeconds(1);

    // Shares of the limit. What lies between keeps it from swinging.
    private const double Short = 0.85;
    private const double Enough = 0.75;

    private readonly TimeProvider _time;
    private readonly Func<(long Used, long Limit)> _measure;
    private readonly Action _collect;
    private readonly Action<bool> _shortChanged;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private long? _lastCollection;
    private bool _isShort;

    /// <param name="time">When it looks.</param>
    /// <param name="shortChanged">Told whether memory is short from now on.</param>
    /// <param name="logger">Told too.</param>
    internal MemoryGuard(TimeProvider time, Action<bool> shortChanged, ILogger logger)
        : this(time, Measure, static () => GC.Collect(), shortChanged, logger)
    {
    }

    internal MemoryGuard(TimeProvider time, Func<(long Used, long Limit)> measure, Action collect, Action<bool> shortChanged, ILogger logger)
    {
        _time = time;
        _measure = measure;
        _collect = collect;
        _shortChanged = shortChanged;
        _logger = logger;
        _timer = time.CreateTimer(static self => ((MemoryGuard)self!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    // The limit is the collector's: DOTNET_GCHeapHardLimit, three quarters of a container's, or all memory of the machine.
    private static (long Used, long Limit) Measure() => (GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private void Look()
    {
        var (used, limit) = _measure();
        if (used > (_isShort ? Enough : Short) * limit)
        {
            if (_lastCollection is { } last && _time.GetElapsedTime(last) < CollectionInterval)
                return; // garbage counts as used until it is collected
            _lastCollection = _time.GetTimestamp();
            _collect();
            (used, limit) = _measure();
        }
        bool isShort = used > (_isShort ? Enough : Short) * limit;
        if (isShort == _isShort)
            return;
        _isShort = isShort;
        _shortChanged(isShort);
        if (isShort)
            _logger.MemoryShort(used >> 20, limit >> 20);
        else
            _logger.MemorySuffices(used >> 20, limit >> 20);
    }
}
