using AsyncServer.Runtime;
using Microsoft.Extensions.ObjectPool;

namespace AsyncServer.Http;

/// <summary>
/// The exchanges of one hub that nobody uses, with their buffers: the one that was used last, and so is warm, comes first. It keeps as many
/// as were in use at a time lately, and none once the hub has had no request for <see cref="Idle"/>. Used on the hub's thread alone, so
/// that it needs no interlocked operation.
/// </summary>
internal sealed class ExchangePool : ObjectPool<Http1Exchange>, IDisposable
{
    /// <summary>A hub that has had no request for this time gives its exchanges back.</summary>
    internal static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly Hub _hub;
    private readonly Func<Http1Exchange> _create;
    private readonly Stack<Http1Exchange> _free = new();
    private ITimer? _timer; // runs only while something is kept
    private bool _isTimerSet;
    private int _inUse;
    private int _mostInUse; // since the last look
    private TimeSpan _lastRent;
    private bool _isDisposed;

    internal ExchangePool(Hub hub, Func<Http1Exchange> create)
    {
        _hub = hub;
        _create = create;
    }

    /// <summary>How many are kept.</summary>
    internal int Count => _free.Count;

    public override Http1Exchange Get()
    {
        _mostInUse = Math.Max(_mostInUse, ++_inUse);
        _lastRent = _hub.Now;
        return _free.TryPop(out var exchange) ? exchange : _create();
    }

    public override void Return(Http1Exchange exchange)
    {
        _inUse--;
        if (exchange.IsBusy || exchange.Output.IsSendingEarlier)
        {
            exchange.Abandon();
            return;
        }
        bool isKept = !_hub.IsOfOneConnection && !_isDisposed && ReferenceEquals(Hub.Current, _hub);
        exchange.Release(isKept);
        if (!isKept)
            return;
        _free.Push(exchange);
        if (!_isTimerSet)
            SetTimer(Idle);
    }

    /// <summary>Nothing more will be kept. Any thread may call it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer?.Dispose();
    }

    private void SetTimer(TimeSpan due)
    {
        _isTimerSet = true;
        _timer ??= _hub.TimeProvider.CreateTimer(static pool => ((ExchangePool)pool!).Post(), this, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    // On a thread of the pool.
    private void Post() => _hub.Post(Look);

    private void Look()
    {
        if (_isDisposed || !ReferenceEquals(Hub.Current, _hub))
            return; // the hub has stopped
        var unused = _hub.Now - _lastRent;
        int kept = unused >= Idle ? 0 : Math.Max(0, _mostInUse - _inUse);
        while (_free.Count > kept)
            _free.Pop().Discard();
        _free.TrimExcess(kept);
        _mostInUse = _inUse;
        _isTimerSet = false;
        if (kept > 0)
            SetTimer(Idle - unused);
    }
}
