namespace AsyncServer.Runtime;

/// <summary>
/// A lightweight thread of control on a hub (gevent: <c>Greenlet</c>): an async method whose every piece runs on the hub's
/// thread. It is its own synchronization context, so that a plain <c>await</c> comes back to it and nothing else runs inside it.
/// </summary>
public partial class Coroutine : SynchronizationContext
{
    [Flags]
    private enum States : byte
    {
        None = 0,
        Started = 1,
        Killed = 2,
        InterruptPending = 4,
        Listed = 8,
    }

    // One delegate for all: whoever runs it runs as the coroutine whose body has ended.
    private static readonly Action BodyEnded = static () => (_onPool ?? Current)?.OnBodyEnd();
    private static long _lastId;

    [ThreadStatic]
    private static Coroutine? _onPool;

    private object? _state; // what it runs; once that has begun, the connection that it serves
    private ExecutionContext? _context;
    private Task? _task;
    private Joiner? _joiners;
    private PendingWait? _waits;
    private Details? _details;
    private string? _spawnFile;
    private int _spawnLine;
    private States _states; // the hub's thread alone
    private bool _isObserved; // any thread

    /// <param name="hub">Its hub.</param>
    /// <param name="body">A function that <see cref="Call"/> knows.</param>
    /// <param name="context">In which the body begins; null for the hub's own.</param>
    private protected Coroutine(Hub hub, Delegate body, ExecutionContext? context)
    {
        Hub = hub;
        _state = body;
        _context = context;
    }

    /// <summary>The coroutine that is running on this thread, or null outside of any (gevent: <c>getcurrent</c>).</summary>
    public static new Coroutine? Current => SynchronizationContext.Current as Coroutine;

    /// <summary>The hub on whose thread every piece of this coroutine runs.</summary>
    public Hub Hub { get; }

    /// <summary>
    /// A number that no other coroutine of this process has, given on first use (gevent: <c>minimal_ident</c>). Any thread may read it.
    /// </summary>
    public long Id
    {
        get
        {
            var details = Detail;
            if (Volatile.Read(ref details.Id) == 0)
                Interlocked.CompareExchange(ref details.Id, Interlocked.Increment(ref _lastId), 0);
            return details.Id;
        }
    }

    /// <summary>A name for reports, or null (gevent: <c>Greenlet.name</c>).</summary>
    public string? Name
    {
        get => _details?.Name;
        set => Detail.Name = value;
    }

    /// <summary>Whether it has ended, well or not (gevent: <c>Greenlet.dead</c>). Any thread may read it.</summary>
    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _joiners), Joiner.Ended);

    /// <summary>Whether it has ended well: not killed, no exception (gevent: <c>Greenlet.successful</c>).</summary>
    public bool IsSuccessful => IsCompleted && _task!.IsCompletedSuccessfully;

    /// <summary>
    /// What it failed with, or null while it runs, after it ended well and after a kill (gevent: <c>Greenlet.exception</c>). Who reads a
    /// failure has observed it.
    /// </summary>
    public Exception? Exception
    {
        get
        {
            if (!IsCompleted)
                return null;
            _isObserved = true;
            return Failure;
        }
    }

    /// <summary>
    /// The coroutines that it has spawned for itself, made on first use: when it ends they are killed, and its end waits for theirs. Used
    /// on its hub.
    /// </summary>
    public CoroutineGroup Group => Detail.Group ??= new CoroutineGroup();

    /// <summary>
    /// Where it was spawned, as <c>file:line</c>, or null for those of the library itself (gevent: <c>spawning_stack</c>).
    /// </summary>
    public string? SpawnSite => _spawnFile is null ? null : $"{_spawnFile}:{_spawnLine}";

    /// <summary>
    /// What it is about, for reports: they ask it for its text, possibly from another thread while the coroutine runs.
    /// </summary>
    public object? Subject { get; set; }

    internal bool IsKilled => Has(States.Killed);

    /// <summary>Whether its hub's list has it; not in its first piece.</summary>
    internal bool IsListed => Has(States.Listed);

    /// <summary>Whether a kill, which found it in no wait, strikes its next one.</summary>
    internal bool IsInterruptPending => Has(States.InterruptPending);

    /// <summary>What it keeps for each <see cref="CoroutineLocal{T}"/> that it has used.</summary>
    internal Dictionary<object, object?> Locals => Detail.Locals ??= [];

    /// <summary>Its neighbours in the list of its hub.</summary>
    internal Coroutine? Previous { get; set; }

    internal Coroutine? Next { get; set; }

    /// <summary>The hub's time when it last ran.</summary>
    internal long LastRan { get; set; }

    /// <summary>The waits of this library that it is in.</summary>
    internal PendingWait? Waits => _waits;

    /// <summary>Those that it has spawned for itself.</summary>
    internal IReadOnlyCollection<Coroutine> Members => _details?.Group?.Members ?? [];

    private protected Task? Work => _task;

    private Exception? Failure => _task?.Exception?.InnerException;

    private Details Detail => _details ?? Interlocked.CompareExchange(ref _details, new Details(), null) ?? _details;

    /// <summary>Queues a callback that runs as this coroutine; any thread may call it.</summary>
    public override void Post(SendOrPostCallback d, object? state) => Hub.Enqueue(new WorkItem(this, d, state));

    /// <summary>Runs the callback at once where that needs no waiting: on this coroutine itself.</summary>
    /// <exception cref="NotSupportedException">Called from elsewhere: it would have to block.</exception>
    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (!ReferenceEquals(Current, this))
            throw new NotSupportedException("SynchronizationContext.Send would block; use Post.");
        d(state);
    }

    /// <summary>The coroutine itself: it has no state that a copy could share.</summary>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>The name, number, place of origin and subject, for reports.</summary>
    public override string ToString() =>
        $"{Name ?? "coroutine"} #{Id}{(SpawnSite is { } site ? $" ({site})" : "")}{(SubjectText() is { } subject ? $" [{subject}]" : "")}";

    /// <summary>What it serves is aborted when this coroutine ends with an exception. The field is free once the body has begun.</summary>
    internal void AbortOnFailure(IServed served) => _state = served;

    private string? SubjectText()
    {
        try { return Subject?.ToString(); }
        catch (Exception) { return "something that has no text just now"; } // it may change while another thread asks
    }

    private void Queue()
    {
        Hub.Occupancy.CoroutineStarted(Hub.IsOnThread);
        Hub.Enqueue(WorkItem.Start(this));
    }

    /// <summary>Runs work of a hub that has stopped, on a thread of the pool, without a context.</summary>
    internal static void InvokeOnPool(in WorkItem item)
    {
        _onPool = item.Coroutine;
        try { item.Invoke(); }
        finally { _onPool = null; }
    }

    /// <summary>Runs the first piece; called by its hub.</summary>
    internal void Start()
    {
        var context = _context;
        _context = null;
        if (Has(States.Killed))
            _task = MakeCancelled();
        else if (context is null || Hub.IsInitial(context))
            RunBody();
        else
            ExecutionContext.Run(context, static self => ((Coroutine)self!).RunBody(), this);

        if (_task!.IsCompleted)
        {
            OnBodyEnd();
            return;
        }
        List();

        // This coroutine is the current context, so the callback comes back to its hub wherever the body ends.
        if (!ReferenceEquals(SynchronizationContext.Current, this))
            SetSynchronizationContext(this); // the body has set another one and left it
        _task.GetAwaiter().UnsafeOnCompleted(BodyEnded);
    }

    // Many end in their first piece: only those that live on pay for a place in the list.
    private void List()
    {
        if (Has(States.Listed))
            return;
        _states |= States.Listed;
        Hub.Coroutines.Add(this);
    }

    private void RunBody()
    {
        object body = _state!;
        _state = null;
        _states |= States.Started;
        try { _task = Call(body) ?? throw new InvalidOperationException("The coroutine's function returned null, not a task."); }
        catch (Exception exception) { _task = MakeFailed(exception); } // the coroutine ends with it
    }

    private void OnBodyEnd()
    {
        _states &= ~States.InterruptPending;
        if (_details?.Group is { Count: > 0 } group)
            _ = EndAfterAsync(group);
        else
            End();
    }

    // What it has spawned for itself ends with it.
    private async Task EndAfterAsync(CoroutineGroup group)
    {
        List();
        while (group.Count > 0 && !Hub.IsStopping)
        {
            try { await group.EndAsync(); }
            catch (OperationCanceledException) { /* killed once more: it ends when they have ended, no earlier */ }
        }
        End();
    }

    private void End()
    {
        if (Has(States.Killed) && !_task!.IsFaulted)
            _task = MakeCancelled(); // however the body took it
        if (_state is IServed served && !_task!.IsCompletedSuccessfully)
            served.Abort();
        if (_task!.IsFaulted)
            Hub.Occupancy.CoroutineFailed();
        if (_details is { } details)
            details.Locals = null;
        if (Has(States.Listed))
            Hub.Coroutines.Remove(this);
        TellJoiners();
        Hub.Occupancy.CoroutineEnded(!Hub.HasStopped);
    }

    private protected virtual Task Call(object body) =>
        body is Func<Task> function ? function() : ((Func<CancellationToken, Task>)body)(CancellationToken);

    private protected virtual Task MakeCancelled() => Task.FromCanceled(new CancellationToken(canceled: true));

    private protected virtual Task MakeFailed(Exception exception) => Task.FromException(exception);

    /// <summary>It was given up: what it serves need not be.</summary>
    internal void AbortServed() => (_state as IServed)?.Abort();

    private bool Has(States state) => (_states & state) != 0;

    /// <summary>What few coroutines have.</summary>
    private sealed class Details
    {
        internal string? Name { get; set; }
        internal long Id;
        internal CancellationTokenSource? Cancellation;
        internal CoroutineGroup? Group { get; set; }
        internal Dictionary<object, object?>? Locals { get; set; }
        internal int TimeLimits { get; set; }
    }
}
