namespace AsyncServer.Http;

/// <summary>
/// The connection handlers of a server: one for the server's limits, and one for each listener that has limits of its own. Any thread may
/// use it.
/// </summary>
/// <param name="limits">The server's.</param>
/// <param name="make">Makes the handler for some limits.</param>
internal sealed class ConnectionHandlers(HttpLimits limits, Func<HttpLimits, ConnectionHandler> make) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ConnectionHandler> _handlers = [make(limits)]; // under the lock, the server's first

    /// <summary>That of the server's limits.</summary>
    internal ConnectionHandler Standard { get { lock (_lock) return _handlers[0]; } }

    /// <summary>How many things are kept for single hubs.</summary>
    internal int ContextCount { get { lock (_lock) return _handlers.Sum(static handler => handler.ContextCount); } }

    /// <summary>How many exchanges the hubs keep for later.</summary>
    internal int KeptExchanges { get { lock (_lock) return _handlers.Sum(static handler => handler.KeptExchanges); } }

    /// <summary>That of a listener.</summary>
    internal ConnectionHandler For(HttpListenOptions listen)
    {
        var wanted = listen.Limits ?? limits;
        lock (_lock)
        {
            if (_handlers.Find(handler => ReferenceEquals(handler.Service.Limits, wanted)) is { } known)
                return known;
            var made = make(wanted);
            _handlers.Add(made);
            return made;
        }
    }

    /// <summary>
    /// How long a connection may wait for its last request while another process takes over; where one may wait without a limit, as long
    /// as requests may take.
    /// </summary>
    internal TimeSpan LongestIdle(TimeSpan requestTimeout)
    {
        lock (_lock)
        {
            return _handlers.Select(static handler => handler.Service.Limits.EffectiveKeepAlive)
                .Max(idle => idle > TimeSpan.Zero ? idle : requestTimeout);
        }
    }

    /// <summary>Says in the log which requests a stop cuts off.</summary>
    internal Task ReportCutsAsync(string reason)
    {
        lock (_lock)
            return Task.WhenAll(_handlers.Select(handler => handler.ReportCutsAsync(reason)));
    }

    /// <summary>The hubs have stopped.</summary>
    public void Dispose()
    {
        lock (_lock)
            _handlers.ForEach(static handler => handler.Dispose());
    }
}
