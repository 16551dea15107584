namespace AsyncServer.Runtime;

/// <summary>
/// An event loop on one thread (gevent: <c>hub</c>). It runs what is ready, polls, resumes whoever waited for what came, and
/// sweeps deadlines. Between two awaits nothing else on the same hub runs, so state that one hub owns needs no lock.
/// </summary>
public sealed partial class Hub
{
    private static readonly Lazy<ExecutionContext> DefaultContext = new(CaptureDefaultContext);

    private static int _lastId;

    [ThreadStatic]
    private static Hub? _current;

    private readonly IPoller _poller;
    private readonly IHubObserver? _observer;
    private readonly Action<Hub>? _ended;
    private readonly Action? _swept;
    private readonly int _stackSize;
    private readonly WorkRing _ready;
    private readonly RemoteQueue _remote;
    private readonly WorkerThreads _blockingThreads;
    private readonly ForeignAlarm? _foreignAlarm;
    private readonly PollEvent[] _events;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ExecutionContext? _initialContext;
    private int _depth;
    private long _nextSweep;
    private long _polls;
    private long _stretch;
    private Coroutine? _running;
    private int _started;
    private bool _endsWhenEmpty;
    private bool _isStopRequested;
    private bool _isStopping;
    private bool _isStopped;

    /// <summary>Makes a hub that does not run yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="HubOptions.MaxBlockingThreads"/> is less than 1.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused a poller.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="TransportKind.Epoll"/> is asked for elsewhere than on Linux.</exception>
    public Hub(HubOptions? options = null) : this(options ?? new HubOptions(), null)
    {
    }

    /// <param name="options">Options.</param>
    /// <param name="poller">In the place of what the options make.</param>
    internal Hub(HubOptions options, IPoller? poller)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBlockingThreads, 1, nameof(options.MaxBlockingThreads));
        _blockingThreads = options.BlockingThreads ?? new WorkerThreads(options.MaxBlockingThreads, "blocking call");
        Id = Interlocked.Increment(ref _lastId);
        Clock = new HubClock(options);
        _observer = options.Observer;
        _ended = options.Ended;
        _swept = options.Swept;
        _stackSize = options.StackSize;
        _endsWhenEmpty = options.IsOfOneConnection;
        Transport = Resolve(options.Transport);
        _poller = poller ?? (Transport == TransportKind.Sockets ? new WakePoller() : options.CreatePoller());
        IsEdgeTriggered = _poller.IsEdgeTriggered;
        DescriptorCap = _poller.DescriptorCap;
        IsOfOneConnection = options.IsOfOneConnection;
        _ready = new WorkRing(options.InitialCapacity);
        _events = new PollEvent[options.InitialCapacity * EventsPerConnection];
        Table = new EntryTable(options.InitialCapacity);
        _remote = new RemoteQueue(_poller);
        if (options.BlockingThreshold > TimeSpan.Zero)
            Watch = new HubWatch(this, options.BlockingThreshold);
        if (!Clock.IsSystem)
            _foreignAlarm = new ForeignAlarm(Clock, wake: () => Post(static () => { /* only wakes */ }));
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

    /// <summary>
    /// Whether it was made for one connection and ends with it, as in a group with a thread for each connection: what is kept for such a
    /// hub is hardly used again.
    /// </summary>
    public bool IsOfOneConnection { get; }

    /// <summary>See <see cref="IPoller.DescriptorCap"/>.</summary>
    public int DescriptorCap { get; }

    /// <summary>Connections that this hub serves, those on their way to it included. Any thread may read it.</summary>
    public int ConnectionCount => Occupancy.Connections;

    /// <summary>Coroutines of this hub that have not ended. Any thread may read it.</summary>
    public int CoroutineCount => Occupancy.Coroutines;

    /// <summary>Whether it drains: no new connections, and the present ones end as soon as they owe no answer.</summary>
    public bool IsDraining => Occupancy.IsDraining;

    /// <summary>Whether it hands over: no new connections, and the next answer of each present one is its last.</summary>
    public bool IsHandingOver => Occupancy.IsHandingOver;

    /// <summary>
    /// Is cancelled when it begins to drain: for answers that would last, such as streams of events, to come to their end.
    /// </summary>
    public CancellationToken Draining => Occupancy.Draining;

    /// <summary>Ends when the hub drains, its listeners have taken their backlogs and no connection is left.</summary>
    public Task Drained => Occupancy.Drained;

    /// <summary>Ends when the hub's thread has left the loop and everything that ran on it was told.</summary>
    public Task Stopped => _stopped.Task;

    internal HubClock Clock { get; }

    internal EntryTable Table { get; }

    internal AlarmQueue Alarms { get; } = new();

    internal Occupancy Occupancy { get; } = new();

    /// <summary>Those that have gone on after their first piece and not ended, on the hub's thread alone.</summary>
    internal CoroutineList Coroutines { get; } = new();

    internal bool IsEdgeTriggered { get; }

    /// <summary>Never <see cref="TransportKind.Auto"/>.</summary>
    internal TransportKind Transport { get; }

    /// <summary>Whether it takes nothing new any more.</summary>
    internal bool IsStopping => Volatile.Read(ref _isStopping);

    /// <summary>Whether its loop is over, so that what is left runs on the thread pool.</summary>
    internal bool HasStopped => Volatile.Read(ref _isStopped);

    internal bool IsOnThread => ReferenceEquals(_current, this);

    /// <summary>
    /// Runs a hub on this thread until <paramref name="main"/> and every coroutine that it spawned have ended, and throws
    /// what <paramref name="main"/> threw.
    /// </summary>
    /// <exception cref="InvalidOperationException">A hub runs on this thread already.</exception>
    public static void Run(Func<Task> main, HubOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        Run(hub => Coroutine.SpawnObserved(hub, main), options).GetAwaiter().GetResult();
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <returns>What <paramref name="main"/> returned.</returns>
    /// <inheritdoc cref="Run(Func{Task}, HubOptions?)"/>
    public static T Run<T>(Func<Task<T>> main, HubOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        return ((Task<T>)Run(hub => Coroutine.SpawnObserved(hub, main), options)).GetAwaiter().GetResult();
    }

    private static Task Run(Func<Hub, Task> spawn, HubOptions? options)
    {
        if (_current is not null)
            throw new InvalidOperationException("A hub runs on this thread already; use Coroutine.Spawn.");
        var hub = new Hub(options);
        var task = spawn(hub);
        hub._endsWhenEmpty = true;
        hub._started = 1;
        ExecutionContext.Run(DefaultContext.Value, static hub => ((Hub)hub!).RunLoop(), hub); // where accepted connections start
        return task;
    }

    /// <summary>Runs the loop on a thread of its own until <see cref="Stop"/>; further calls do nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            return;
        var thread = new Thread(RunOwnThread, _stackSize) { IsBackground = true, Name = $"hub {Id}" };
        thread.UnsafeStart(); // accepted connections start on the default execution context
    }

    /// <summary>
    /// Queues a callback; any thread may call it. It runs on this hub outside of any coroutine, or on the thread pool once the
    /// hub has stopped. For async functions use <see cref="InvokeAsync"/>: an async lambda here would be async void without
    /// a context.
    /// </summary>
    public void Post(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Enqueue(new WorkItem(null, callback, null));
    }

    /// <summary>Runs an async function as a coroutine of this hub; any thread may call it and await the task.</summary>
    public Task InvokeAsync(Func<Task> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Coroutine.SpawnObserved(this, function);
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <inheritdoc cref="InvokeAsync(Func{Task})"/>
    public Task<T> InvokeAsync<T>(Func<Task<T>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Coroutine.SpawnObserved(this, function);
    }

    /// <summary>
    /// Begins to drain: listeners close once their backlog is taken, idle connections end, busy ones are told
    /// that they are to end. Any thread may call it, more than once.
    /// </summary>
    public void Drain() => Post(DrainNow);

    /// <summary>
    /// Begins to hand over to another process that listens on the same sockets: listeners close once their backlog is taken, and
    /// connections live until their next answer, which is to be the last. Any thread may call it, more than once; it may drain afterwards.
    /// </summary>
    public void HandOver() => Post(HandOverNow);

    /// <summary>
    /// Ends up to N idle connections, for instance because descriptors run short: first those whose deadline is the nearest, which
    /// have been idle the longest. Any thread may call it.
    /// </summary>
    public void EndIdle(int count) => Post(() =>
    {
        var chosen = new PriorityQueue<IHubEntry, long>(); // the one that is to stay first comes out first
        Table.ForEach(entry =>
        {
            if (entry.IsIdle)
                chosen.Enqueue(entry, -entry.Due);
            if (chosen.Count > count)
                chosen.Dequeue();
        });
        while (chosen.TryDequeue(out var idle, out _))
            idle.OnDrain();
    });

    /// <summary>
    /// Stops at once: connections are reset, their tokens cancelled, waits end, what is queued still runs. Any thread may call
    /// it, more than once. A hub that was never started is started for it: there may be posts to run.
    /// </summary>
    /// <returns>Ends with <see cref="Stopped"/>.</returns>
    public Task Stop()
    {
        Post(StopNow);
        Start();
        return Stopped;
    }

    /// <summary>What <see cref="Drain"/> posts.</summary>
    internal void DrainNow()
    {
        if (IsDraining)
            return;
        Occupancy.BeginDrain();
        Table.ForEach(static entry => entry.OnDrain());
        Occupancy.TellDraining();
    }

    /// <summary>What <see cref="HandOver"/> posts.</summary>
    internal void HandOverNow()
    {
        if (IsDraining || IsHandingOver)
            return;
        Occupancy.BeginHandOver();
        Table.ForEach(static entry => entry.OnHandOver());
    }

    /// <summary>What <see cref="Stop"/> posts.</summary>
    internal void StopNow() => _isStopRequested = true;

    /// <summary>The same as <see cref="Post"/>, but a hub that sleeps goes on sleeping until <see cref="Wake"/>.</summary>
    internal void PostWithoutWake(Action callback) => _remote.EnqueueWithoutWake(new WorkItem(null, callback, null));

    internal void Wake()
    {
        _remote.Wake();
        if (Volatile.Read(ref _isStopped))
            RunRemainderOnPool();
    }

    /// <summary>Ends when the hub has nothing left to run; what waits for input or for time does not count.</summary>
    internal Task SettleAsync() => InvokeAsync(async () =>
    {
        long polls;
        do
        {
            // A yield may go on in the same turn, before the hub has looked for input and at its clock.
            polls = _polls;
            while (_polls == polls)
                await Coroutine.Yield();
        }
        while (_ready.Count > 0 || !_remote.IsEmpty || Table.EarliestDeadline() <= Clock.Now);
    });

    /// <summary>Whether a context is the one in which this hub's thread runs anyway.</summary>
    internal bool IsInitial(ExecutionContext context) => ReferenceEquals(context, _initialContext);

    internal void Enqueue(WorkItem item)
    {
        if (IsOnThread)
        {
            _ready.Enqueue(item);
            return;
        }
        _remote.Enqueue(item);
        if (HasStopped)
            RunRemainderOnPool();
    }

    /// <summary>The same on the hub's own thread.</summary>
    internal void EnqueueHere(WorkItem item) => _ready.Enqueue(item);

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
        if (duration <= TimeSpan.Zero && duration != Timeout.InfiniteTimeSpan)
            return YieldAsync(cancellation);
        return new TimedWait(this, "sleep").SleepAsync(duration, cancellation);
    }

    private static async ValueTask YieldAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await Coroutine.Yield();
    }

    internal void CheckThread()
    {
        if (!IsOnThread)
            throw new InvalidOperationException("This belongs to its hub's thread; come back to it with Hub.Post or a coroutine.");
    }

    private static TransportKind Resolve(TransportKind asked) => asked switch
    {
        TransportKind.Auto => NativeCalls.AreUsed ? TransportKind.Epoll : TransportKind.Sockets,
        TransportKind.Epoll when !NativeCalls.AreUsed =>
            throw new PlatformNotSupportedException("The transport \"epoll\" needs Linux; this system has the transport \"sockets\"."),
        _ => asked,
    };

    private static ExecutionContext CaptureDefaultContext()
    {
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return captured!;
    }
}
