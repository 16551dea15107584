namespace AsyncServer.Runtime;

/// <summary>
/// A queue between coroutines of one hub that also knows when all that was put into it is done (gevent: <c>queue.JoinableQueue</c>). Both
/// who put and who get are served in the order in which they came; who is killed while waiting takes nothing with it. It belongs to the
/// first hub that uses it, costs no lock, and throws elsewhere: between hubs use a <see cref="System.Threading.Channels.Channel{T}"/>.
/// </summary>
/// <typeparam name="T">What it carries.</typeparam>
public sealed class JoinableQueue<T> : IAsyncEnumerable<T>
{
    private readonly Queue<T> _items = new();
    private readonly HubSemaphore _filled = new(0, "queue", "an item in a queue");
    private readonly HubSemaphore? _room;
    private readonly AsyncEvent _finished = new(isSet: true, "the end of a queue's tasks");

    /// <summary>Makes an empty queue.</summary>
    /// <param name="maxSize">How many items it holds at most; 0 for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public JoinableQueue(int maxSize = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        MaxSize = maxSize;
        _room = maxSize > 0 ? new HubSemaphore(maxSize, "queue", "room in a queue") : null;
    }

    /// <summary>How many items it holds at most; 0 for no limit (gevent: <c>maxsize</c>).</summary>
    public int MaxSize { get; }

    /// <summary>How many items are in it (gevent: <c>qsize</c>).</summary>
    public int Count => _items.Count;

    /// <summary>Items that were put and for which <see cref="TaskDone"/> was not called yet (gevent: <c>unfinished_tasks</c>).</summary>
    public int UnfinishedTasks { get; private set; }

    /// <summary>Puts an item in at the end; a full queue is waited for (gevent: <c>put</c>).</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">Infinite when left out.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="TimeoutException">It was full all the time (gevent: <c>Full</c>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not that of the queue's hub.</exception>
    public async ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        _filled.CheckHub();
        if (_room is not null && !await _room.TakeAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellation))
            throw new TimeoutException($"The queue has been full for {timeout}.");
        Append(item);
    }

    /// <summary>Puts an item in at the end if there is room for it (gevent: <c>put_nowait</c>).</summary>
    /// <returns>Whether there was.</returns>
    /// <exception cref="InvalidOperationException">This thread is not that of the queue's hub.</exception>
    public bool TryPut(T item)
    {
        _filled.CheckHub();
        if (_room is not null && !_room.TryTake())
            return false;
        Append(item);
        return true;
    }

    /// <summary>Takes the first item; an empty queue is waited for (gevent: <c>get</c>).</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="TimeoutException">It was empty all the time (gevent: <c>Empty</c>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not that of the queue's hub.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!await _filled.TakeAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellation))
            throw new TimeoutException($"The queue has been empty for {timeout}.");
        return TakeFirst();
    }

    /// <summary>Takes the first item if there is one that nobody else waits for (gevent: <c>get_nowait</c>).</summary>
    /// <returns>Whether there was.</returns>
    /// <exception cref="InvalidOperationException">This thread is not that of the queue's hub.</exception>
    public bool TryGet(out T? item)
    {
        bool isTaken = _filled.TryTake();
        item = isTaken ? TakeFirst() : default;
        return isTaken;
    }

    /// <summary>Says that an item which was taken has been worked off (gevent: <c>task_done</c>).</summary>
    /// <exception cref="InvalidOperationException">
    /// It was called more often than items were put, or this is not the queue's hub.
    /// </exception>
    public void TaskDone()
    {
        _filled.CheckHub();
        if (UnfinishedTasks == 0)
            throw new InvalidOperationException("TaskDone was called more often than items were put.");
        if (--UnfinishedTasks == 0)
            _finished.Set();
    }

    /// <summary>Waits until <see cref="TaskDone"/> was called for every item that was put (gevent: <c>join</c>).</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <returns>Whether it was.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not that of the queue's hub.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        _filled.CheckHub();
        return _finished.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellation);
    }

    /// <summary>Takes item after item. It does not end by itself: leave it with <c>break</c>, cancel it, or kill who reads.</summary>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (true)
            yield return await GetAsync(cancellation: cancellationToken);
    }

    private void Append(T item)
    {
        _items.Enqueue(item);
        if (UnfinishedTasks++ == 0)
            _finished.Clear();
        _filled.Release();
    }

    private T TakeFirst()
    {
        var item = _items.Dequeue();
        _room?.Release();
        return item;
    }
}
