namespace AsyncServer.Runtime;

/// <summary>
/// Several hubs, one for each processor unless told otherwise, that share the connections of a server. Or, where it is told so, hubs that
/// only accept, and a thread for each connection.
/// </summary>
public sealed class HubGroup : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ConnectionThreads? _threads;

    /// <summary>Makes the hubs; <see cref="Start"/> lets them run.</summary>
    /// <param name="count">How many, 1 to 1,024; 0 means one for each available processor.</param>
    /// <param name="options">The options of every hub.</param>
    /// <param name="threads">Has <see cref="Connect"/> start a thread for each connection; null, the default, for none.</param>
    /// <exception cref="ArgumentException">Threads are asked for, and a transport that has no descriptors to poll.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count or the stack's size is out of range.</exception>
    public HubGroup(int count = 0, HubOptions? options = null, ConnectionThreadOptions? threads = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1024);
        if (threads is not null && options is { Transport: TransportKind.Sockets })
            throw new ArgumentException("Threads of connections poll descriptors, which the transport Sockets does not have.",
                nameof(options));
        _time = options?.TimeProvider ?? TimeProvider.System;
        _threads = threads is null ? null : new ConnectionThreads(threads, options ?? new HubOptions());
        var hubs = new Hub[count == 0 ? Environment.ProcessorCount : count];
        for (int i = 0; i < hubs.Length; i++)
            hubs[i] = Make(hubs, i, options);
        Hubs = hubs;
    }

    /// <summary>Makes a group of a hub that runs already, for a server that serves on the hub of whoever starts it.</summary>
    internal HubGroup(Hub hub)
    {
        _time = hub.TimeProvider;
        Hubs = [hub];
    }

    /// <summary>The hubs, without those of connections that have a thread of their own.</summary>
    public IReadOnlyList<Hub> Hubs { get; }

    /// <summary>Connections on all hubs and threads together.</summary>
    public int ConnectionCount
    {
        get
        {
            int count = _threads?.ConnectionCount ?? 0;
            for (int i = 0; i < Hubs.Count; i++)
                count += Hubs[i].ConnectionCount;
            return count;
        }
    }

    /// <summary>Starts every hub's thread; further calls do nothing.</summary>
    public void Start()
    {
        foreach (var hub in Hubs)
            hub.Start();
    }

    /// <summary>The hub with the fewest connections.</summary>
    public Hub LeastLoaded()
    {
        var least = Hubs[0];
        for (int i = 1; i < Hubs.Count; i++)
        {
            if (Hubs[i].ConnectionCount < least.ConnectionCount)
                least = Hubs[i];
        }
        return least;
    }

    /// <summary>Gives a connection to the hub with the fewest, or starts its thread. Any thread may call it.</summary>
    /// <param name="client">The connection; it is taken over.</param>
    /// <param name="handle">Serves it, see <see cref="AcceptedSocket.Connect"/>.</param>
    /// <param name="lost">Called in the place of <paramref name="handle"/> when it could not be taken.</param>
    /// <returns>False when the system has no thread for it: it is closed, and others will be, until some have ended.</returns>
    public bool Connect(AcceptedSocket client, Func<Connection, Task> handle, Action? lost = null)
    {
        if (_threads is not null)
            return _threads.Serve(client, handle, lost);
        client.Connect(LeastLoaded(), handle, lost);
        return true;
    }

    /// <summary>
    /// Ends idle connections: up to N on each hub, or N of those that have threads of their own. Any thread may call it.
    /// </summary>
    public void EndIdle(int count)
    {
        foreach (var hub in Hubs)
            hub.EndIdle(count);
        _threads?.EndIdle(count);
    }

    /// <summary>
    /// Drains every hub (see <see cref="Hub.Drain"/>) and waits until no connection is left or <paramref name="grace"/> has passed.
    /// </summary>
    /// <param name="grace">How long requests in flight may take.</param>
    /// <param name="hurry">Ends the waiting early.</param>
    /// <returns>How many connections are left.</returns>
    public async Task<int> DrainAsync(TimeSpan grace, CancellationToken hurry = default)
    {
        foreach (var hub in Hubs)
            hub.Drain();
        _threads?.Drain();
        return await WhenEmptyAsync(grace, hurry).ConfigureAwait(false);
    }

    /// <summary>
    /// Has every hub hand over (see <see cref="Hub.HandOver"/>) and waits until no connection is left or <paramref name="patience"/> has
    /// passed.
    /// </summary>
    /// <param name="patience">How long connections may wait for their last request.</param>
    /// <param name="hurry">Ends the waiting early.</param>
    /// <returns>How many connections are left.</returns>
    public async Task<int> HandOverAsync(TimeSpan patience, CancellationToken hurry = default)
    {
        foreach (var hub in Hubs)
            hub.HandOver();
        _threads?.HandOver();
        return await WhenEmptyAsync(patience, hurry).ConfigureAwait(false);
    }

    /// <summary>Ends when none of the hubs has a connection any more; later ones may come.</summary>
    public async Task WhenEmptyAsync()
    {
        foreach (var hub in Hubs)
            await hub.Occupancy.WhenEmptyAsync().ConfigureAwait(false);
        if (_threads is not null)
            await _threads.WhenEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Stops every hub at once, which resets the connections that are left. Further calls wait for the same end.</summary>
    public Task StopAsync() => Task.WhenAll(Hubs.Select(static hub => hub.Stop()).Append(_threads?.StopAsync() ?? Task.CompletedTask));

    /// <summary>The same as <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task<int> WhenEmptyAsync(TimeSpan patience, CancellationToken hurry)
    {
        using var deadline = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, hurry);
        try
        {
            // A hub without connections may still get one from another's listener, so these end first.
            foreach (var hub in Hubs)
                await hub.Occupancy.ListenersClosed.WaitAsync(either.Token).ConfigureAwait(false);
            foreach (var hub in Hubs)
                await hub.Occupancy.WhenEmptyAsync().WaitAsync(either.Token).ConfigureAwait(false);
            if (_threads is not null)
                await _threads.WhenEmptyAsync().WaitAsync(either.Token).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return ConnectionCount; // the time is over
        }
    }

    private static Hub Make(Hub[] made, int count, HubOptions? options)
    {
        try
        {
            return new Hub(options);
        }
        catch
        {
            // Descriptors ran out: give back those of the hubs that there are.
            foreach (var hub in made.AsSpan(0, count))
                _ = hub.Stop();
            throw;
        }
    }
}
