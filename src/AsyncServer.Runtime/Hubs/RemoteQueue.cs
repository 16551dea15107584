using System.Collections.Concurrent;

namespace AsyncServer.Runtime;

/// <summary>
/// Work from other threads, and the protocol that wakes a sleeping hub exactly when it must. The hub announces that it goes
/// to sleep and looks once more; a poster enqueues first and looks afterwards. With a full fence between the two steps on
/// either side, one of them always sees the other.
/// </summary>
internal sealed class RemoteQueue(IPoller poller)
{
    private const int Awake = 0;
    private const int Sleeping = 1;
    private const int Woken = 2;

    private readonly ConcurrentQueue<WorkItem> _items = new();
    private int _state;

    internal bool IsEmpty => _items.IsEmpty;

    /// <summary>Whether the hub waits and nobody has woken it. Any thread may read it.</summary>
    internal bool IsSleeping => Volatile.Read(ref _state) == Sleeping;

    internal bool TryDequeue(out WorkItem item) => _items.TryDequeue(out item);

    /// <summary>For who wakes many hubs and calls <see cref="Wake"/> afterwards.</summary>
    internal void EnqueueWithoutWake(WorkItem item) => _items.Enqueue(item);

    internal void Enqueue(WorkItem item)
    {
        _items.Enqueue(item);
        Wake();
    }

    /// <summary>Ends the hub's sleep; costs a system call only for the first of several wakers.</summary>
    internal void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _state) == Sleeping && Interlocked.CompareExchange(ref _state, Woken, Sleeping) == Sleeping)
            poller.Wake();
    }

    /// <summary>Whether the hub may sleep; after true it must call <see cref="EndSleep"/>.</summary>
    internal bool TryBeginSleep()
    {
        Interlocked.Exchange(ref _state, Sleeping);
        if (_items.IsEmpty)
            return true;
        Volatile.Write(ref _state, Awake);
        return false;
    }

    internal void EndSleep() => Volatile.Write(ref _state, Awake);
}
