namespace AsyncServer.Runtime;

/// <summary>
/// A thread for each connection. It runs a hub that has only that connection, so all that works on a hub works there, and it ends with the
/// connection and what the app has spawned.
/// </summary>
internal sealed class ConnectionThreads
{
    // A thread's hub has its connection, and what the app connects to.
    private const int Capacity = 4;

    private readonly HubOptions _options;
    private readonly SharedWake _wake = new();
    private readonly Occupancy _occupancy = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Hub, ConnectionThread> _threads = [];
    private bool _isHandingOver;
    private bool _isDraining;
    private bool _isStopping;

    /// <exception cref="ArgumentOutOfRangeException">The stack is too small.</exception>
    internal ConnectionThreads(ConnectionThreadOptions threads, HubOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads.StackSize, 128 * 1024, nameof(threads.StackSize));
        _options = new HubOptions
        {
            TimeProvider = options.TimeProvider,
            MaxTimeStep = options.MaxTimeStep,
            Observer = options.Observer,
            BlockingThreshold = TimeSpan.Zero, // who blocks here blocks nobody else
            // as many as hubs would have
            BlockingThreads = new WorkerThreads(options.MaxBlockingThreads * Environment.ProcessorCount, "blocking call"),
            InitialCapacity = Capacity,
            IsOfOneConnection = true,
            StackSize = threads.StackSize,
            Ended = Remove,
        };
    }

    internal int ConnectionCount => _occupancy.Connections;

    /// <summary>Starts a thread for a connection; any thread may call it.</summary>
    /// <returns>False when the system has no thread: the connection is closed, and <paramref name="lost"/> was called.</returns>
    internal bool Serve(AcceptedSocket client, Func<Connection, Task> handle, Action? lost)
    {
        _occupancy.ConnectionComing();
        ConnectionThread thread;
        try
        {
            thread = MakeThread();
        }
        catch
        {
            client.Close(); // no memory for its hub
            Lose(lost);
            throw;
        }
        var hub = thread.Hub;
        try
        {
            client.Connect(hub, connection => ServeAsync(connection, thread.Poller, handle), () => Lose(lost));
        }
        catch
        {
            Remove(hub); // it has never run
            throw;
        }
        try
        {
            hub.Start();
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            Remove(hub); // the system's limit of threads, or of memory for stacks: it has not run, and nothing on it will
            client.Close();
            Lose(lost);
            return false;
        }
    }

    private ConnectionThread MakeThread()
    {
        var poller = new ConnectionPoller(_wake);
        var hub = new Hub(_options, poller);
        var thread = new ConnectionThread(hub, poller);
        lock (_lock)
        {
            if (_isHandingOver)
                hub.HandOver();
            if (_isDraining)
                hub.Drain();
            if (_isStopping)
                hub.PostWithoutWake(hub.StopNow);
            _threads.Add(hub, thread);
        }
        return thread;
    }

    /// <summary>Has every thread drain, those that come later too.</summary>
    internal void Drain()
    {
        lock (_lock)
            _isDraining = true;
        Tell(static hub => hub.PostWithoutWake(hub.DrainNow));
    }

    /// <summary>Has every thread hand over, those that come later too.</summary>
    internal void HandOver()
    {
        lock (_lock)
            _isHandingOver = true;
        Tell(static hub => hub.PostWithoutWake(hub.HandOverNow));
    }

    /// <summary>Ends when no connection is left.</summary>
    internal Task WhenEmptyAsync() => _occupancy.WhenEmptyAsync();

    /// <summary>Stops every thread's hub at once.</summary>
    internal Task StopAsync()
    {
        lock (_lock)
            _isStopping = true;
        return Task.WhenAll(Tell(static hub => hub.PostWithoutWake(hub.StopNow)).Select(static thread => thread.Hub.Stopped));
    }

    /// <summary>Ends up to N idle connections.</summary>
    internal void EndIdle(int count)
    {
        foreach (var thread in Snapshot().Where(static thread => thread.Poller.IsIdle).Take(count))
            thread.Hub.EndIdle(1);
    }

    private async Task ServeAsync(Connection connection, ConnectionPoller poller, Func<Connection, Task> handle)
    {
        poller.Connection = connection;
        try
        {
            await handle(connection);
        }
        finally
        {
            poller.Connection = null;
            _occupancy.ConnectionGone();
        }
    }

    private void Lose(Action? lost)
    {
        _occupancy.ConnectionGone();
        lost?.Invoke();
    }

    // All learn of it before the first is woken: those that sleep are woken together.
    private ConnectionThread[] Tell(Action<Hub> post)
    {
        var threads = Snapshot();
        foreach (var thread in threads)
            post(thread.Hub);
        foreach (var thread in threads)
            thread.Hub.Wake();
        return threads;
    }

    private ConnectionThread[] Snapshot()
    {
        lock (_lock)
            return [.. _threads.Values];
    }

    private void Remove(Hub hub)
    {
        lock (_lock)
            _threads.Remove(hub);
    }
}
