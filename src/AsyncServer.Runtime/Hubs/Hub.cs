using System.Diagnostics;

namespace AsyncServer.Runtime;

/// <summary>
/// An event loop on one thread (gevent: <c>hub</c>). It runs what is ready, polls, resumes whoever waited for what came, and
/// sweeps deadlines. Between two awaits nothing else on the same hub runs, so state that one hub owns needs no lock.
/// </summary>
public sealed class Hub
{
    // Poll after so much work, so that work which always makes more work cannot starve connections.
    private const int MaxItemsPerTurn = 61;
    private static readonly long MaxTicksPerTurn = Stopwatch.Frequency / 1000;

    // How late a passed deadline may be noticed.
    private static readonly long SweepInterval = TimeSpan.FromMilliseconds(250).Ticks;

    // The longest wait while sleeps are pending, well below the clock's largest step.
    private static readonly long MaxWait = TimeSpan.FromMilliseconds(500).Ticks;

    private const int EventBatch = 256;
    private static readonly Action<object?> RunAction = static state => ((Action)state!)();
    private static int _lastId;

    [ThreadStatic]
    private static Hub? _current;

    private readonly IPoller _poller;
    private readonly IHubObserver? _observer;
    private readonly WorkRing _ready = new();
    private readonly RemoteQueue _remote;
    private readonly SleepQueue _sleeps;
    private readonly ITimer? _foreignTimer;
    private readonly PollEvent[] _events = new PollEvent[EventBatch];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ExecutionContext? _initialContext;
    private int _threadId;
    private int _depth;
    private long _nextSweep;
    private int _connectionCount;
    private int _coroutineCount;
    private bool _isStopped;
    private Func<bool> _mayEnd = static () => false;

    /// <summary>Makes a hub that does not run yet.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused a poller.</exception>
    /// <exception cref="PlatformNotSupportedException">This system has no epoll, and the options name no other poller.</exception>
    public Hub(HubOptions? options = null)
    {
        options ??= new HubOptions();
        Id = Interlocked.Increment(ref _lastId);
        Clock = new HubClock(options);
        _observer = options.Observer;
        _poller = options.CreatePoller();
        IsEdgeTriggered = _poller.IsEdgeTriggered;
        _remote = new RemoteQueue(_poller);
        _sleeps = new SleepQueue(this);
        if (!Clock.IsSystem)
            _foreignTimer = Clock.Provider.CreateTimer(static hub => ((Hub)hub!).Post(static () => { /* only wakes */ }), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The hub that runs on this thread, or null.</summary>
    public static Hub? Current => _current;

    /// <summary>A number that no other hub of this process has.</summary>
    public int Id { get; }

    /// <summary>The clock that deadlines, sleeps and the time of day on this hub come from.</summary>
    public TimeProvider TimeProvider => Clock.Provider;

    /// <summary>
    /// The hub's time, read once a turn: how long it has run, without the time in which the process stood still. The hub's
    /// thread alone may read it.
    /// </summary>
    public TimeSpan Now => TimeSpan.FromTicks(Clock.Now);

    /// <summary>
    /// Counts how often the hub has learnt of something from outside (a poll, work from other threads): while it stays the same, all
    /// that happens was caused by what was known at its beginning. The hub's thread alone may read it.
    /// </summary>
    public long Turn { get; private set; }

    /// <summary>Connections that this hub serves, those on their way to it included. Any thread may read it.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Coroutines of this hub that have not ended. Any thread may read it.</summary>
    public int CoroutineCount => Volatile.Read(ref _coroutineCount);

    /// <summary>Whether it drains: no new connections, and the present ones end as soon as they owe no answer.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Ends when the hub drains and no connection is left.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Ends when the hub's thread has left the loop and everything that ran on it was told.</summary>
    public Task Stopped => _stopped.Task;

    internal HubClock Clock { get; }

    internal ConnectionTable Table { get; } = new();

    internal bool IsEdgeTriggered { get; }

    internal bool IsOnThread => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>
    /// Runs a hub on this thread until <paramref name="main"/> and every coroutine that it spawned have ended, and throws
    /// what <paramref name="main"/> threw.
    /// </summary>
    /// <exception cref="InvalidOperationException">A hub runs on this thread already.</exception>
    public static void Run(Func<Task> main, HubOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        if (_current is not null)
            throw new InvalidOperationException("A hub runs on this thread already; use Coroutine.Spawn.");
        var hub = new Hub(options);
        var task = Coroutine.Spawn(hub, main).AsTask();
        hub._mayEnd = () => hub.CoroutineCount == 0;
        hub.RunLoop();
        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs the loop on a thread of its own until <see cref="Stop"/>.</summary>
    public void Start()
    {
        var thread = new Thread(RunLoop) { IsBackground = true, Name = $"hub {Id}" };
        thread.UnsafeStart(); // accepted connections start on the default execution context
    }

    /// <summary>Queues a callback; any thread may call it. It runs on this hub, or on the thread pool once the hub has stopped.</summary>
    public void Post(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Enqueue(new WorkItem(null, RunAction, callback));
    }

    /// <summary>Runs an async function as a coroutine of this hub; any thread may call it and await the task.</summary>
    public Task InvokeAsync(Func<Task> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Coroutine.Spawn(this, function).AsTask();
    }

    /// <summary>
    /// Begins to drain: listeners close once their backlog is taken, idle connections end, busy ones see
    /// <see cref="Connection.IsDraining"/>. Any thread may call it, more than once.
    /// </summary>
    public void Drain() => Post(() =>
    {
        if (IsDraining)
            return;
        IsDraining = true;
        Table.ForEach(static entry => entry.OnDrain());
        SignalWhenDrained();
    });

    /// <summary>
    /// Has up to so many idle connections end, longest-served slots first, for instance because descriptors run short. Any thread
    /// may call it.
    /// </summary>
    public void EndIdle(int count) => Post(() => Table.ForEach(entry =>
    {
        if (count > 0 && entry is Connection { IsIdle: true, IsDraining: false } idle)
        {
            count--;
            idle.Drain();
        }
    }));

    /// <summary>
    /// Stops at once: connections are reset, their tokens cancelled, waits end, what is queued still runs. Any thread may call
    /// it, more than once. A hub that was never started has nobody to stop it: <see cref="HubGroup"/> sees to that.
    /// </summary>
    /// <returns>Ends with <see cref="Stopped"/>.</returns>
    public Task Stop()
    {
        Post(() => _mayEnd = static () => true);
        return Stopped;
    }

    /// <summary>Ends when the hub has nothing left to run; what waits for input or for time does not count.</summary>
    internal Task SettleAsync() => InvokeAsync(async () =>
    {
        do
        {
            await Coroutine.Yield();
        }
        while (_ready.Count > 0 || !_remote.IsEmpty);
    });

    internal void Enqueue(WorkItem item)
    {
        if (IsOnThread && !_isStopped)
        {
            _ready.Enqueue(item);
            return;
        }
        _remote.Enqueue(item);
        if (Volatile.Read(ref _isStopped))
            RunRemainderOnPool();
    }

    /// <summary>Resumes a coroutine that waited: at once when the loop itself asks, else queued, so that calls never nest.</summary>
    internal void Resume(Coroutine? coroutine, Action<object?> continuation, object? state)
    {
        if (_depth == 0 && IsOnThread)
            Invoke(new WorkItem(coroutine, continuation, state));
        else
            Enqueue(new WorkItem(coroutine, continuation, state));
    }

    internal ValueTask SleepAsync(TimeSpan duration, CancellationToken cancellation)
    {
        Clock.Update();
        return _sleeps.WaitAsync(Clock.Now + Math.Max(0, duration.Ticks), cancellation);
    }

    internal long Register(IHubEntry entry, int descriptor)
    {
        int slot = Table.Add(entry);
        long token = Table.Token(slot);
        if (descriptor < 0)
            return token;
        try
        {
            _poller.Add(descriptor, token);
            return token;
        }
        catch
        {
            Table.Remove(slot);
            throw;
        }
    }

    internal void Unregister(long token, int descriptor)
    {
        if (descriptor >= 0)
            _poller.Closing(descriptor);
        Table.Remove((int)(token & 0xFFFF_FFFF));
    }

    internal void Arm(int descriptor, long token, PollEvents interest) => _poller.Arm(descriptor, token, interest);

    internal void Disarm(int descriptor, long token, PollEvents interest) => _poller.Disarm(descriptor, token, interest);

    internal void Pause(int descriptor) => _poller.Remove(descriptor);

    internal void Unpause(int descriptor, long token) => _poller.Add(descriptor, token);

    internal void ConnectionComing() => Interlocked.Increment(ref _connectionCount);

    internal void ConnectionGone()
    {
        Interlocked.Decrement(ref _connectionCount);
        SignalWhenDrained();
    }

    internal void CoroutineStarted() => Interlocked.Increment(ref _coroutineCount);

    internal void CoroutineEnded() => Interlocked.Decrement(ref _coroutineCount);

    internal void ReportFailure(Coroutine? coroutine, Exception exception) => _observer?.CoroutineFailed(coroutine, exception);

    internal void ReportAcceptPaused(System.Net.EndPoint? endPoint, string reason, TimeSpan pause) =>
        _observer?.AcceptPaused(endPoint, reason, pause);

    private void SignalWhenDrained()
    {
        if (IsDraining && ConnectionCount == 0)
            _drained.TrySetResult();
    }

    private void RunLoop()
    {
        var outer = SynchronizationContext.Current;
        _current = this;
        _threadId = Environment.CurrentManagedThreadId;
        _initialContext = ExecutionContext.Capture();
        try
        {
            do
            {
                RunReady();
                Poll();
            }
            while (!_mayEnd() || _ready.Count > 0 || !_remote.IsEmpty);
            RunDown();
        }
        finally
        {
            _current = null;
            SynchronizationContext.SetSynchronizationContext(outer);
            _stopped.TrySetResult();
        }
    }

    private void RunReady()
    {
        while (_remote.TryDequeue(out var item))
        {
            _ready.Enqueue(item);
            Turn++;
        }
        if (_ready.Count == 0)
            return;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < MaxItemsPerTurn && _ready.Count > 0; i++)
        {
            Invoke(_ready.Dequeue());
            if (Stopwatch.GetTimestamp() - start > MaxTicksPerTurn)
                return;
        }
    }

    private void Poll()
    {
        int count;
        int timeout = _ready.Count > 0 || _mayEnd() ? 0 : NextTimeout();
        if (timeout == 0)
        {
            count = _poller.Wait(_events, 0);
        }
        else if (_remote.TryBeginSleep())
        {
            count = _poller.Wait(_events, timeout);
            _remote.EndSleep();
        }
        else
        {
            return;
        }

        // Input before timers: what came in time is served although the hub looks late.
        Clock.Update();
        Turn++;
        for (int i = 0; i < count; i++)
        {
            ref readonly var ev = ref _events[i];
            Table.Find(ev.Token)?.OnReady(ev.Events);
        }
        RunTimers();
    }

    private void RunTimers()
    {
        long now = Clock.Now;
        _sleeps.WakeDue(now);
        if (now < _nextSweep && Clock.IsSystem)
            return;
        _nextSweep = now + SweepInterval;
        Table.Sweep(now);
    }

    private int NextTimeout()
    {
        if (!Clock.IsSystem)
            return ArmForeignTimer() ? -1 : 0;
        long due = _sleeps.Earliest;
        if (Table.Count > 0)
            due = Math.Min(due, _nextSweep);
        if (due == ConnectionTable.NoDeadline)
            return -1;
        long wait = Math.Clamp(due - Clock.Now, 0, MaxWait);
        return (int)((wait + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>Has a clock that is not the system's wake us at the next deadline; false when that has passed already.</summary>
    private bool ArmForeignTimer()
    {
        long due = Math.Min(_sleeps.Earliest, Table.EarliestDeadline());
        long seen;
        do
        {
            Clock.Update();
            seen = Clock.Now;
            if (due <= seen)
                return false;
            _foreignTimer!.Change(due == ConnectionTable.NoDeadline ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(due - seen), Timeout.InfiniteTimeSpan);
            Clock.Update();
        }
        while (Clock.Now != seen); // the clock moved meanwhile: the timer was armed too late
        return true;
    }

    private void Invoke(in WorkItem item)
    {
        SynchronizationContext.SetSynchronizationContext(item.Coroutine);
        _depth++;
        try
        {
            item.Invoke();
        }
        catch (Exception exception)
        {
            // Nobody is above us: an async void method, or a callback that was posted. The process lives.
            ReportFailure(item.Coroutine, exception);
        }
        _depth--;

        // What the callback set in its execution context must not be seen by the next one.
        if (_initialContext is { } initial && !ReferenceEquals(ExecutionContext.Capture(), initial))
            ExecutionContext.Restore(initial);
    }

    private void RunDown()
    {
        Table.ForEach(static entry => entry.OnStop());
        _sleeps.CancelAll();
        while (_ready.Count > 0 || !_remote.IsEmpty)
            RunReady();
        Volatile.Write(ref _isStopped, true);
        _foreignTimer?.Dispose();
        _poller.Dispose();
        RunRemainderOnPool();
    }

    // A hub that has stopped still owes its posts a run, so that finally blocks do theirs.
    private void RunRemainderOnPool()
    {
        while (_remote.TryDequeue(out var item))
            ThreadPool.UnsafeQueueUserWorkItem(static pair => pair.Hub.InvokeOnPool(pair.Item), (Hub: this, Item: item), preferLocal: false);
    }

    private void InvokeOnPool(WorkItem item)
    {
        try { item.Invoke(); }
        catch (Exception exception) { ReportFailure(item.Coroutine, exception); } // nobody is above us
    }
}
