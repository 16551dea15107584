using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// What the HTTP/1 connections of one hub share: the pool of exchanges, the observers and the time of day. Used on its thread alone.
/// </summary>
internal sealed class Http1Context : IDisposable
{
    private readonly ExchangePool _exchanges;
    private readonly ExecutionContext? _initialContext = ExecutionContext.Capture();

    internal Http1Context(Hub hub, HttpService service)
    {
        Service = service;
        ParserLimits = service.Limits.ForParser;
        Lines = new ServerLines(hub, service.SendServerHeader);
        Observers = [.. service.Observers.Select(create => create(hub))];
        _exchanges = new ExchangePool(hub, () => new Http1Exchange(service, Observers, Lines));
    }

    internal HttpService Service { get; }

    internal ParserLimits ParserLimits { get; }

    internal ServerLines Lines { get; }

    /// <summary>Told of this hub's connections and requests.</summary>
    internal IServerObserver[] Observers { get; }

    /// <summary>Connections whose app has not answered at once, for the report of what a stop cuts off.</summary>
    internal HashSet<Http1Connection> Waiting { get; } = [];

    /// <summary>How many exchanges are kept for later.</summary>
    internal int KeptExchanges => _exchanges.Count;

    internal Http1Exchange Rent(Connection connection)
    {
        var exchange = _exchanges.Get();
        exchange.Take(connection);
        return exchange;
    }

    /// <summary>What an app has set in its execution context (an AsyncLocal) must not be seen by the next request.</summary>
    internal void RestoreExecutionContext()
    {
        if (_initialContext is { } initial && !ReferenceEquals(ExecutionContext.Capture(), initial))
            ExecutionContext.Restore(initial);
    }

    internal void Return(Http1Exchange exchange) => _exchanges.Return(exchange);

    /// <summary>The hub has ended, or will not serve any more. Any thread may call it.</summary>
    public void Dispose() => _exchanges.Dispose();
}
