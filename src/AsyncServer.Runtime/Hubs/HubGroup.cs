namespace AsyncServer.Runtime;

/// <summary>Several hubs, one for each processor unless told otherwise, that share the connections of a server.</summary>
public sealed class HubGroup : IAsyncDisposable
{
    private readonly TimeProvider _time;

    /// <summary>Makes the hubs; <see cref="Start"/> lets them run.</summary>
    /// <param name="count">How many, 1 to 1,024; 0 means one for each available processor.</param>
    /// <param name="options">The options of every hub.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public HubGroup(int count = 0, HubOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1024);
        _time = options?.TimeProvider ?? TimeProvider.System;
        var hubs = new Hub[count == 0 ? Environment.ProcessorCount : count];
        for (int i = 0; i < hubs.Length; i++)
            hubs[i] = Make(hubs, i, options);
        Hubs = hubs;
    }

    /// <summary>The hubs.</summary>
    public IReadOnlyList<Hub> Hubs { get; }

    /// <summary>Connections on all hubs together.</summary>
    public int ConnectionCount
    {
        get
        {
            int count = 0;
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
        return await WhenEmptyAsync(grace, hurry).ConfigureAwait(false);
    }

    /// <summary>
    /// Has every hub hand over (see <see cref="Hub.HandOver"/>) and waits until no connection is left or <paramref name="patience"/> has passed.
    /// </summary>
    /// <param name="patience">How long connections may wait for their last request.</param>
    /// <param name="hurry">Ends the waiting early.</param>
    /// <returns>How many connections are left.</returns>
    public async Task<int> HandOverAsync(TimeSpan patience, CancellationToken hurry = default)
    {
        foreach (var hub in Hubs)
            hub.HandOver();
        return await WhenEmptyAsync(patience, hurry).ConfigureAwait(false);
    }

    /// <summary>Ends when none of the hubs has a connection any more; later ones may come.</summary>
    public async Task WhenEmptyAsync()
    {
        foreach (var hub in Hubs)
            await hub.Occupancy.WhenEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Stops every hub at once, which resets the connections that are left. Further calls wait for the same end.</summary>
    public Task StopAsync() => Task.WhenAll(Hubs.Select(static hub => hub.Stop()));

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
