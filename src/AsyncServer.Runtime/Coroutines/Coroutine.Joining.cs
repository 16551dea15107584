using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <content>Waiting for the end.</content>
public partial class Coroutine
{
    // A turn after the failure: who awaits the coroutine right after spawning it has done so by now.
    private static readonly Action<object?> ReportUnlessObserved = static state =>
    {
        var coroutine = (Coroutine)state!;
        if (!coroutine._isObserved)
            coroutine.Hub.ReportFailure(coroutine, coroutine.Failure!);
    };

    /// <summary>
    /// Awaiting a coroutine waits for its end and throws what it threw (gevent: <c>get</c>). The one who awaits has observed
    /// the exception; nobody else is told of it.
    /// </summary>
    public CoroutineAwaiter GetAwaiter() => new(this);

    /// <summary>A task that ends as the coroutine does; any thread may wait for it.</summary>
    public Task AsTask()
    {
        _isObserved = true;
        if (IsCompleted)
            return _task!;
        var (task, complete) = MakeCompletion();
        Add(new TaskJoiner(complete));
        return task;
    }

    /// <summary>Waits for the end, however it comes; it never throws the coroutine's exception (gevent: <c>join</c>).</summary>
    /// <param name="timeout">Infinite when left out. The coroutine goes on when it is over.</param>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    /// <exception cref="OperationCanceledException">The waiting coroutine was killed.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null)
    {
        _isObserved = true;
        return JoinQuietlyAsync(timeout ?? Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for the end without a look at a failure: somebody else is told of it.</summary>
    internal ValueTask<bool> JoinQuietlyAsync(TimeSpan timeout)
    {
        if (IsCompleted)
            return new ValueTask<bool>(true);
        var hub = CurrentHub();
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            var end = new EndWait(hub, this);
            if (hub.IsStopping)
                end.Interrupt();
            Add(end);
            return new ValueTask<bool>(end, 0);
        }
        var wait = new TimedWait(hub, this);
        var joined = wait.BeginAsync(timeout, CancellationToken.None);
        Add(new WaitJoiner(wait));
        return joined;
    }

    /// <summary>Waits for several coroutines, however they end (gevent: <c>joinall</c>).</summary>
    /// <param name="coroutines">Which.</param>
    /// <param name="timeout">For all together; infinite when left out.</param>
    /// <returns>Whether all have ended.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static async ValueTask<bool> JoinAllAsync(IEnumerable<Coroutine> coroutines, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        var all = coroutines.ToList();
        if (timeout is not { } limit || limit == Timeout.InfiniteTimeSpan)
        {
            foreach (var coroutine in all)
                await coroutine.JoinAsync();
            return true;
        }
        var hub = CurrentHub();
        hub.Clock.Update();
        var end = hub.Now + limit;
        foreach (var coroutine in all)
        {
            if (!await coroutine.JoinAsync(end > hub.Now ? end - hub.Now : TimeSpan.Zero))
                return false;
        }
        return true;
    }

    /// <summary>The coroutines as they end (gevent: <c>iwait</c>).</summary>
    /// <param name="coroutines">Which.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static IAsyncEnumerable<Coroutine> WhenEach(IEnumerable<Coroutine> coroutines, CancellationToken cancellation = default) =>
        EachAsync(coroutines, cancellation);

    /// <typeparam name="T">What they return.</typeparam>
    /// <inheritdoc cref="WhenEach(IEnumerable{Coroutine}, CancellationToken)"/>
    public static IAsyncEnumerable<Coroutine<T>> WhenEach<T>(IEnumerable<Coroutine<T>> coroutines,
        CancellationToken cancellation = default) =>
        EachAsync(coroutines, cancellation);

    /// <summary>
    /// Has a callback called when the coroutine ends, or soon if it has ended (gevent: <c>link</c>). It runs on the coroutine's hub,
    /// outside of any coroutine, after those that were linked before. Who links has observed a failure.
    /// </summary>
    public void Link(Action<Coroutine> callback)
    {
        _isObserved = true;
        Link(callback, static _ => true);
    }

    /// <summary>The same, called only if it ends well (gevent: <c>link_value</c>). A failure is still to be observed by somebody.</summary>
    public void LinkValue(Action<Coroutine> callback) => Link(callback, static ended => ended.IsSuccessful);

    /// <summary>The same, called only if it fails or is killed (gevent: <c>link_exception</c>).</summary>
    public void LinkException(Action<Coroutine> callback)
    {
        _isObserved = true;
        Link(callback, static ended => !ended.IsSuccessful);
    }

    /// <summary>Takes a callback back that was linked and has not been called (gevent: <c>unlink</c>).</summary>
    public void Unlink(Action<Coroutine> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        for (var joiner = Volatile.Read(ref _joiners); joiner is not null; joiner = joiner.Earlier)
        {
            if (joiner is LinkJoiner link && link.IsOf(callback))
                link.Interrupt();
        }
    }

    /// <summary>
    /// The same as <see cref="Link(Action{Coroutine})"/> without observing a failure; it is called at the very end and must not throw.
    /// </summary>
    internal void LinkQuietly(Action<Coroutine> callback) => Add(new LinkJoiner(callback, static _ => true, isImmediate: true));

    internal Task Ended()
    {
        _isObserved = true;
        if (Current is { } waiting && waiting.LeaveJoin(this))
            throw new OperationCanceledException("The coroutine was killed while it awaited another.",
                new CancellationToken(canceled: true));
        if (IsCompleted)
            return _task!;
        return Hub.Current is null
            ? AsTask()
            : throw new InvalidOperationException($"{this} has not ended; await it: a hub's thread must not block.");
    }

    internal void OnEnd(Action continuation)
    {
        if (Hub.Current?.Running is not { } waiting)
        {
            AsTask().GetAwaiter().UnsafeOnCompleted(continuation);
            return;
        }
        _isObserved = true;
        var end = new EndWait(waiting.Hub, this);
        end.Begin(waiting, continuation, null);
        Add(end);
    }

    private bool TryAdd(Joiner joiner)
    {
        while (true)
        {
            var head = Volatile.Read(ref _joiners);
            if (ReferenceEquals(head, Joiner.Ended))
                return false;
            var earlier = head;
            while (earlier is { IsOver: true })
                earlier = earlier.Earlier; // a caller that waits repeatedly with a time limit leaves nothing behind
            joiner.Earlier = earlier;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _joiners, joiner, head), head))
                return true;
        }
    }

    private protected virtual (Task Task, Action<Task> Complete) MakeCompletion()
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (completion.Task, completion.SetFromTask);
    }

    private void Link(Action<Coroutine> callback, Func<Coroutine, bool> isMeant)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Add(new LinkJoiner(callback, isMeant, isImmediate: false));
    }

    private void Add(Joiner joiner)
    {
        if (!TryAdd(joiner))
            joiner.Tell(this);
    }

    private void TellJoiners()
    {
        var latest = Interlocked.Exchange(ref _joiners, Joiner.Ended);
        Joiner? first = null;
        while (latest is not null)
            (latest.Earlier, first, latest) = (first, latest, latest.Earlier);
        for (; first is not null; first = first.Earlier)
            first.Tell(this);
        if (!_isObserved && _task!.IsFaulted)
            Hub.Enqueue(new WorkItem(null, ReportUnlessObserved, this));
    }

    private static async IAsyncEnumerable<T> EachAsync<T>(IEnumerable<T> coroutines,
        [EnumeratorCancellation] CancellationToken cancellation)
        where T : Coroutine
    {
        var hub = CurrentHub(nameof(WhenEach));
        var ended = new Queue<T>();
        TimedWait? wait = null;
        int left = 0;
        foreach (var coroutine in coroutines)
        {
            left++;
            coroutine.Link(it => hub.Post(() => // it may be of another hub
            {
                ended.Enqueue((T)it);
                wait?.Complete(true);
            }));
        }
        for (; left > 0; left--)
        {
            if (ended.Count == 0)
            {
                wait = new TimedWait(hub, "the first of several coroutines");
                await wait.BeginAsync(Timeout.InfiniteTimeSpan, cancellation);
            }
            yield return ended.Dequeue();
        }
    }
}
