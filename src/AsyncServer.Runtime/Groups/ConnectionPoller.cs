namespace AsyncServer.Runtime;

/// <summary>
/// What the thread of one connection sleeps in: <c>poll(2)</c> on its socket and on a wake descriptor that it does not own.
/// </summary>
internal sealed class ConnectionPoller(SharedWake shared) : IPoller
{
    private const int Capacity = 2;
    private const int NoDescriptor = -1;

    // Without any wake descriptor it looks so often whether there is something to do.
    private const int LongestDeafWait = 50;

    private readonly PollSet _set = new(Capacity);
    private readonly Lock _lock = new();
    private volatile Connection? _connection;
    private WakeDescriptor? _own;
    private SharedWake.Generation? _generation;
    private bool _isWaiting;
    private bool _isWoken;
    private int _next = 1;

    /// <inheritdoc/>
    public bool IsEdgeTriggered => false;

    /// <summary>Whom it serves; null before and after.</summary>
    internal Connection? Connection { set => _connection = value; }

    /// <summary>Whether nothing but a request can give it something to do. Exact on its thread, a good guess on others.</summary>
    internal bool IsIdle => _connection is { IsIdle: true, Hub.CoroutineCount: 1 };

    /// <inheritdoc/>
    public void Add(int descriptor, long token) => _set.Add(descriptor, token);

    /// <inheritdoc/>
    public void Arm(int descriptor, long token, PollEvents interest) => _set.Arm(descriptor, interest);

    /// <inheritdoc/>
    public void Disarm(int descriptor, long token, PollEvents interest) => _set.Disarm(descriptor, interest);

    /// <inheritdoc/>
    public void Remove(int descriptor) => _set.Remove(descriptor);

    /// <inheritdoc/>
    public int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        _set.WakeDescriptor = NoDescriptor;
        if (timeoutMilliseconds != 0)
            timeoutMilliseconds = BeginWait(timeoutMilliseconds);
        int ready = _set.Poll(timeoutMilliseconds);
        if (_isWaiting)
            EndWait();
        return _set.Collect(events, _set.IsWoken ? ready - 1 : ready, ref _next);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_lock)
        {
            _isWoken = true;
            _own?.Signal();
            if (_generation is not null)
                shared.Signal(_generation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private int BeginWait(int timeoutMilliseconds)
    {
        lock (_lock)
        {
            if (_isWoken)
            {
                _isWoken = false;
                return 0;
            }
            _isWaiting = true;
            _own = IsIdle ? null : shared.Borrow();
            _generation = _own is null ? shared.Join() : null;
            _set.WakeDescriptor = (_own ?? _generation?.Descriptor)?.Descriptor ?? NoDescriptor;
            bool isDeaf = _own is null && _generation is null;
            return isDeaf && (timeoutMilliseconds < 0 || timeoutMilliseconds > LongestDeafWait) ? LongestDeafWait : timeoutMilliseconds;
        }
    }

    private void EndWait()
    {
        lock (_lock)
        {
            if (_own is not null)
            {
                if (_isWoken)
                    _own.Drain();
                shared.Return(_own);
            }
            if (_generation is not null)
                shared.Leave(_generation);
            (_own, _generation, _isWaiting, _isWoken) = (null, null, false, false);
        }
    }
}
