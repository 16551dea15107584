using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>
/// A lightweight thread of control on a hub (gevent: <c>Greenlet</c>): an async method whose every piece runs on the hub's
/// thread. It is its own synchronization context, so that a plain <c>await</c> comes back to it and nothing else runs inside it.
/// </summary>
public sealed class Coroutine : SynchronizationContext
{
    private static readonly Action<object?> StartCallback = static state => ((Coroutine)state!).Start();
    private static readonly Func<object?, Task> RunFunction = static state => ((Func<Task>)state!)();
    // A turn after the failure: who awaits the coroutine right after spawning it has done so by now.
    private static readonly Action<object?> ReportUnlessObserved = static state =>
    {
        var (coroutine, exception) = ((Coroutine, Exception))state!;
        if (!coroutine._observed)
            coroutine.Hub.ReportFailure(coroutine, exception);
    };

    private static long _lastId;

    private Func<object?, Task>? _body;
    private object? _state;
    private ExecutionContext? _context;
    private Task? _task;
    private TaskCompletionSource? _completion;
    private bool _ended;
    private bool _observed;

    private Coroutine(Hub hub, Func<object?, Task> body, object? state, ExecutionContext? context)
    {
        Hub = hub;
        Id = Interlocked.Increment(ref _lastId);
        _body = body;
        _state = state;
        _context = context;
    }

    /// <summary>The coroutine that is running on this thread, or null outside of any (gevent: <c>getcurrent</c>).</summary>
    public static new Coroutine? Current => SynchronizationContext.Current as Coroutine;

    /// <summary>The hub on whose thread every piece of this coroutine runs.</summary>
    public Hub Hub { get; }

    /// <summary>A number that no other coroutine of this process has.</summary>
    public long Id { get; }

    /// <summary>A name for reports, or null (gevent: <c>Greenlet.name</c>).</summary>
    public string? Name { get; set; }

    /// <summary>Whether it has ended, well or not (gevent: <c>Greenlet.dead</c>).</summary>
    public bool IsCompleted => _task is { IsCompleted: true };

    /// <summary>What it ended with, or null while it runs and after it ended well (gevent: <c>Greenlet.exception</c>).</summary>
    public Exception? Exception => _task?.Exception?.InnerException;

    /// <summary>
    /// Starts a coroutine on the current hub (gevent: <c>spawn</c>). It is queued, never started inside this call, and queued
    /// ones start in order. The caller's execution context flows into it.
    /// </summary>
    /// <param name="body">What it runs.</param>
    /// <returns>The coroutine; awaiting it is optional.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static Coroutine Spawn(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var hub = Hub.Current ?? throw new InvalidOperationException(
            "Coroutine.Spawn needs a hub on this thread: call it inside Hub.Run(async () => ...) or from a coroutine.");
        return Spawn(hub, body);
    }

    /// <summary>Waits on the current hub without holding its thread (gevent: <c>sleep</c>).</summary>
    /// <param name="duration">
    /// How long; zero or less lets everything run that is ready now, <see cref="Timeout.InfiniteTimeSpan"/> waits until cancelled.
    /// </param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the hub stopped.</exception>
    public static ValueTask Sleep(TimeSpan duration, CancellationToken cancellation = default)
    {
        var hub = Hub.Current ?? throw new InvalidOperationException("Coroutine.Sleep needs a hub on this thread: see Hub.Run.");
        return hub.SleepAsync(duration, cancellation);
    }

    /// <summary>Lets everything run on this hub that is ready, then goes on (gevent: <c>sleep(0)</c>). It always suspends.</summary>
    /// <exception cref="InvalidOperationException">On awaiting: this thread is not a hub's.</exception>
    public static YieldAwaitable Yield() => default;

    /// <summary>
    /// Awaiting a coroutine waits for its end and throws what it threw (gevent: <c>get</c>). The one who awaits has observed
    /// the exception; nobody else is told of it.
    /// </summary>
    public TaskAwaiter GetAwaiter() => AsTask().GetAwaiter();

    /// <summary>A task that ends as the coroutine does; any thread may wait for it.</summary>
    public Task AsTask()
    {
        _observed = true;
        var completion = _completion;
        if (completion is null)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            completion = Interlocked.CompareExchange(ref _completion, fresh, null) ?? fresh;
        }
        if (Volatile.Read(ref _ended))
            completion.TrySetFromTask(_task!);
        return completion.Task;
    }

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

    internal static Coroutine Spawn(Hub hub, Func<Task> body) => Spawn(hub, RunFunction, body, ExecutionContext.Capture());

    /// <summary>Starts a coroutine whose task somebody has from the first moment on: a failure is theirs, however soon it comes.</summary>
    internal static Task SpawnObserved(Hub hub, Func<Task> body)
    {
        var coroutine = new Coroutine(hub, RunFunction, body, ExecutionContext.Capture());
        var task = coroutine.AsTask();
        coroutine.Queue();
        return task;
    }

    /// <summary>Starts a coroutine on a given hub from any thread. A null context is the default one.</summary>
    internal static Coroutine Spawn(Hub hub, Func<object?, Task> body, object? state, ExecutionContext? context)
    {
        var coroutine = new Coroutine(hub, body, state, context);
        coroutine.Queue();
        return coroutine;
    }

    private void Queue()
    {
        Hub.Occupancy.CoroutineStarted();
        Hub.Enqueue(new WorkItem(this, StartCallback, this));
    }

    /// <summary>Has the connection reset when this coroutine ends with an exception. The field is free once the body has begun.</summary>
    internal void AbortOnFailure(Connection connection) => _state = connection;

    private void Start()
    {
        var (body, state, context) = (_body!, _state, _context);
        (_body, _state, _context) = (null, null, null);
        if (context is null)
            _task = Invoke(body, state);
        else
            ExecutionContext.Run(context, _ => _task = Invoke(body, state), null);

        // This coroutine is the current context, so the callback comes back to its hub wherever the body ends.
        if (_task!.IsCompleted)
            End();
        else
            _task.GetAwaiter().UnsafeOnCompleted(End);
    }

    private static Task Invoke(Func<object?, Task> body, object? state)
    {
        try { return body(state) ?? throw new InvalidOperationException("The coroutine's function returned null, not a task."); }
        catch (Exception exception) { return Task.FromException(exception); } // the coroutine ends with it
    }

    private void End()
    {
        // Pairs with AsTask: one of the two sees what the other wrote, whichever thread it runs on.
        Interlocked.Exchange(ref _ended, true);
        Hub.Occupancy.CoroutineEnded();
        if (_state is Connection served && !_task!.IsCompletedSuccessfully)
            served.Abort();
        var completion = _completion;
        if (completion is not null)
            completion.TrySetFromTask(_task!);
        else if (_task!.Exception?.InnerException is { } exception)
            Hub.Enqueue(new WorkItem(null, ReportUnlessObserved, (this, exception)));
    }
}
