using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>
/// Says when memory is so short that new requests are better refused than begun, and when that has eased. Best effort: hubs have it look
/// at their sweeps, four times a second, whichever of them is not blocked.
/// </summary>
internal sealed class MemoryGuard
{
    // As often as hubs sweep, a little less for what their clocks differ.
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // Full collections pause the process; this rate is bearable where the alternative is its end.
    private static readonly TimeSpan CollectionInterval = TimeSpan.FromSeconds(1);

    // Shares of the limit. What lies between keeps it from swinging.
    private const double Short = 0.85;
    private const double Enough = 0.75;

    private readonly TimeProvider _time;
    private readonly Func<(long Used, long Limit)> _measure;
    private readonly Action _collect;
    private readonly ILogger _logger;
    private readonly Lock _looking = new();
    private long? _lastLook;
    private long? _lastCollection;
    private volatile bool _isShort; // written by the hub that looks, read by all

    /// <param name="time">When it looks.</param>
    /// <param name="logger">Told when memory becomes short, and when that has eased.</param>
    internal MemoryGuard(TimeProvider time, ILogger logger) : this(time, Measure, static () => GC.Collect(), logger)
    {
    }

    internal MemoryGuard(TimeProvider time, Func<(long Used, long Limit)> measure, Action collect, ILogger logger)
    {
        _time = time;
        _measure = measure;
        _collect = collect;
        _logger = logger;
    }

    /// <summary>Whether memory is short. Any thread may ask.</summary>
    internal bool IsShort => _isShort;

    /// <summary>Looks, unless it did so just now. Any thread may call it.</summary>
    internal void Look()
    {
        if (!_looking.TryEnter())
            return;
        try
        {
            if (_lastLook is { } last && _time.GetElapsedTime(last) < Interval)
                return;
            _lastLook = _time.GetTimestamp();
            Compare();
        }
        finally
        {
            _looking.Exit();
        }
    }

    // The limit is the collector's: DOTNET_GCHeapHardLimit, three quarters of a container's, or all memory of the machine.
    private static (long Used, long Limit) Measure() =>
        (GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private void Compare()
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
        if (isShort)
            _logger.MemoryShort(used >> 20, limit >> 20);
        else
            _logger.MemorySuffices(used >> 20, limit >> 20);
    }
}
