using System.Diagnostics.CodeAnalysis;

namespace AsyncServer.Runtime;

/// <summary>
/// Who lives on a hub, and when the last of them has gone. Connections and coroutines are counted by any thread, listeners by
/// the hub's own.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and what waits for its token may outlive the hub.")]
internal sealed class Occupancy
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _listenersClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _draining = new();
    private TaskCompletionSource? _empty;
    private int _connections;
    private long _spawned;
    private long _ended;
    private long _spawnedHere; // of the hub's thread, which need not lock the bus for them
    private long _endedHere;
    private long _failed;
    private long _abandoned;
    private int _listeners;
    private volatile bool _isDraining;
    private volatile bool _isHandingOver;

    internal int Connections => Volatile.Read(ref _connections);

    internal int Coroutines
    {
        get
        {
            long ended = Ended; // first: read later it could count one that is not among the spawned yet
            return (int)(Spawned - ended);
        }
    }

    internal long Spawned => Interlocked.Read(ref _spawned) + Volatile.Read(ref _spawnedHere);

    internal long Ended => Interlocked.Read(ref _ended) + Volatile.Read(ref _endedHere);

    internal long Failed => Interlocked.Read(ref _failed);

    internal long Abandoned => Interlocked.Read(ref _abandoned);

    internal bool IsDraining => _isDraining;

    internal bool IsHandingOver => _isHandingOver;

    /// <summary>Is cancelled when the hub begins to drain.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Ends when the hub drains and neither listeners nor connections are left.</summary>
    internal Task Drained => _drained.Task;

    /// <summary>Ends when the hub drains or hands over and its listeners have taken their backlogs: nothing new comes from them.</summary>
    internal Task ListenersClosed => _listenersClosed.Task;

    internal void BeginDrain()
    {
        _isDraining = true;
        Signal();
    }

    internal void BeginHandOver()
    {
        _isHandingOver = true;
        Signal();
    }

    /// <summary>Tells those who wait for the drain, once all else knows of it.</summary>
    internal void TellDraining() => _draining.Cancel();

    /// <summary>Ends when no connection is left at that time, drained or not; later ones may come.</summary>
    internal Task WhenEmptyAsync()
    {
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var empty = Interlocked.CompareExchange(ref _empty, fresh, null) ?? fresh;
        if (Connections == 0)
            SignalEmpty(); // the last one may have gone before it could see that somebody waits
        return empty.Task;
    }

    internal void ConnectionComing() => Interlocked.Increment(ref _connections);

    internal void ConnectionGone()
    {
        if (Interlocked.Decrement(ref _connections) > 0)
            return;
        SignalEmpty();
        Signal();
    }

    internal void ListenerOpened() => _listeners++;

    internal void ListenerClosed()
    {
        _listeners--;
        Signal();
    }

    internal void CoroutineStarted(bool isOnHub) => Count(isOnHub, ref _spawnedHere, ref _spawned);

    internal void CoroutineEnded(bool isOnHub) => Count(isOnHub, ref _endedHere, ref _ended);

    internal void CoroutineFailed() => Interlocked.Increment(ref _failed);

    internal void CoroutineAbandoned() => Interlocked.Increment(ref _abandoned);

    private static void Count(bool isOnHub, ref long here, ref long elsewhere)
    {
        if (isOnHub)
            Volatile.Write(ref here, here + 1);
        else
            Interlocked.Increment(ref elsewhere);
    }

    private void SignalEmpty() => Interlocked.Exchange(ref _empty, null)?.TrySetResult();

    private void Signal()
    {
        if (!(_isDraining || _isHandingOver) || _listeners > 0)
            return;
        _listenersClosed.TrySetResult();
        if (_isDraining && Connections == 0)
            _drained.TrySetResult();
    }
}
