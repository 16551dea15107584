namespace AsyncServer.Runtime;

/// <summary>
/// A flag that coroutines wait for (gevent: <c>event.Event</c>). Any thread may set and clear it; coroutines of several hubs may wait, each
/// goes on on its own hub, those of one hub in the order in which they came.
/// </summary>
public sealed class AsyncEvent
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly string _purpose;
    private volatile bool _isSet;

    /// <summary>Makes an event.</summary>
    /// <param name="isSet">Whether it begins set.</param>
    public AsyncEvent(bool isSet = false) : this(isSet, "an event")
    {
    }

    internal AsyncEvent(bool isSet, string purpose) => (_isSet, _purpose) = (isSet, purpose);

    /// <summary>Whether it is set (gevent: <c>is_set</c>).</summary>
    public bool IsSet => _isSet;

    /// <summary>
    /// Sets it, and wakes all waiters, even if it is cleared before they go on (gevent: <c>set</c>). They never run inside of this
    /// call.
    /// </summary>
    public void Set()
    {
        Waiter[] woken;
        lock (_lock)
        {
            _isSet = true;
            woken = [.. _waiters];
            _waiters.Clear();
        }
        foreach (var waiter in woken)
            waiter.Signal();
    }

    /// <summary>Has those who come from now on wait for the next <see cref="Set"/> (gevent: <c>clear</c>).</summary>
    public void Clear() => _isSet = false;

    /// <summary>Waits until it is set; at once if it is (gevent: <c>wait</c>).</summary>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellation = default) => await WaitAsync(Timeout.InfiniteTimeSpan, cancellation);

    /// <param name="timeout">How long at most; zero or less only looks.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <returns>Whether it was set in time.</returns>
    /// <inheritdoc cref="WaitAsync(CancellationToken)"/>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellation);
        if (_isSet)
            return new ValueTask<bool>(true);
        var hub = Hub.Current ?? throw new InvalidOperationException("An event is waited for on a hub: see Hub.Run.");
        var waiter = new Waiter(this, hub);
        var wait = waiter.BeginAsync(timeout, cancellation);
        if (!TryAdd(waiter))
            waiter.Signal();
        return wait;
    }

    private bool TryAdd(Waiter waiter)
    {
        lock (_lock)
        {
            if (_isSet)
                return false;
            if (waiter.IsPending)
                _waiters.AddLast(waiter.Node);
            return true;
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is not null)
                _waiters.Remove(waiter.Node);
        }
    }

    private sealed class Waiter : TimedWait
    {
        private readonly AsyncEvent _event;

        internal Waiter(AsyncEvent owner, Hub hub) : base(hub, owner._purpose)
        {
            _event = owner;
            Node = new LinkedListNode<Waiter>(this);
        }

        internal LinkedListNode<Waiter> Node { get; }

        protected override void OnEnd()
        {
            base.OnEnd();
            _event.Remove(this);
        }
    }
}
