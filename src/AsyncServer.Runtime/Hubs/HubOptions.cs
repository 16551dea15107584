namespace AsyncServer.Runtime;

/// <summary>How a hub keeps time, watches descriptors and reports trouble.</summary>
public sealed class HubOptions
{
    /// <summary>The clock of deadlines and sleeps. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The most that a hub's time advances between two looks at the clock, so that a process that was stopped for a while
    /// finds its deadlines shifted and not all passed. Default: 1 s, and no limit with a clock that is not the system's.
    /// </summary>
    public TimeSpan? MaxTimeStep { get; init; }

    /// <summary>How the hub moves bytes over sockets. Default: epoll on Linux, .NET's sockets elsewhere.</summary>
    public TransportKind Transport { get; init; }

    /// <summary>
    /// Makes the poller of each hub, for <see cref="TransportKind.Epoll"/>; <see cref="TransportKind.Sockets"/> has no use for one.
    /// Default: an <see cref="EpollPoller"/>.
    /// </summary>
    public Func<IPoller> CreatePoller { get; init; } = static () => new EpollPoller();

    /// <summary>Hears of failures that no caller can be told of. Default: they are dropped.</summary>
    public IHubObserver? Observer { get; init; }

    /// <summary>
    /// Called on the hub's thread after each sweep of its deadlines: about four times a second while it has a listener or connections, with
    /// a clock that is not the system's once a turn. It holds the hub, so it must return soon. What it throws is reported like a failure of
    /// a callback.
    /// </summary>
    public Action? Swept { get; init; }

    /// <summary>
    /// How long one piece of code may hold the hub without an await before that is reported to <see cref="IHubObserver.HubBlocked"/>
    /// (gevent: <c>max_blocking_time</c>). Default: 100 ms; zero or <see cref="Timeout.InfiniteTimeSpan"/> for never. Nothing is reported
    /// while a debugger is attached.
    /// </summary>
    public TimeSpan BlockingThreshold { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The most threads that <see cref="Hub.RunBlockingAsync{T}"/> uses on one hub, at least 1. They start when they are needed. Default:
    /// 10, as gevent's.
    /// </summary>
    public int MaxBlockingThreads { get; init; } = 10;

    /// <summary>How many connections it has room for at first.</summary>
    internal int InitialCapacity { get; init; } = 64;

    /// <summary>Whether it is for one connection: it ends when its coroutines have ended.</summary>
    internal bool IsOfOneConnection { get; init; }

    /// <summary>Bytes of its thread's stack; 0 for what the system gives.</summary>
    internal int StackSize { get; init; }

    /// <summary>Threads for blocking calls that it shares with other hubs; null for its own.</summary>
    internal WorkerThreads? BlockingThreads { get; init; }

    /// <summary>Called by its thread at the very end.</summary>
    internal Action<Hub>? Ended { get; init; }
}
