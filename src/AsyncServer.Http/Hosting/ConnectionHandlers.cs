namespace AsyncServer.Http;

/// <summary>
/// The connection handlers of a server: one for the server's limits, and one for each listener that has limits of its own. Any thread may
/// use it.
/// </summary>
/// <param name="limits">The server's.</param>
/// <param name="handler">Answers requests.</param>
/// <param name="make">Makes the handler for some limits.</param>
internal sealed class ConnectionHandlers(
    HttpLimits limits, RequestHandler handler, Func<HttpLimits, RequestHandler, ConnectionHandler> make)
{
    private readonly Lock _lock = new();
    private readonly List<ConnectionHandler> _handlers = [make(limits, handler)]; // under the lock, the server's first
    private RequestHandler _current = handler; // under the lock

    /// <summary>That of the server's limits.</summary>
    internal ConnectionHandler Standard { get { lock (_lock) return _handlers[0]; } }

    /// <summary>How many things are kept for single hubs.</summary>
    internal int ContextCount { get { lock (_lock) return _handlers.Sum(static handler => handler.ContextCount); } }

    /// <summary>That of a listener.</summary>
    internal ConnectionHandler For(HttpListenOptions listen)
    {
        var wanted = listen.Limits ?? limits;
        lock (_lock)
        {
            if (_handlers.Find(handler => ReferenceEquals(handler.Service.Limits, wanted)) is { } known)
                return known;
            var made = make(wanted, _current);
            _handlers.Add(made);
            return made;
        }
    }

    /// <summary>Has another handler answer all requests from now on.</summary>
    internal void Use(RequestHandler replacement)
    {
        lock (_lock)
        {
            _current = replacement;
            foreach (var handler in _handlers)
                handler.Service.Handler = replacement;
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
}
