using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>What the connections of one hub share: the pool of exchanges and the time of day. Used on its thread alone.</summary>
internal sealed class HubContext
{
    // More than a hub usually has in flight at once, 1 MB of buffers; further ones are made, and give their buffers back.
    private const int RetainedExchanges = 32;

    private readonly ExchangePool _exchanges;
    private readonly ExecutionContext? _initialContext = ExecutionContext.Capture();

    internal HubContext(Hub hub, HttpService service)
    {
        Service = service;
        Lines = new ServerLines(hub, service.SendServerHeader);
        var log = hub.IsOfOneConnection ? service.AccessLog?.SharedBuffer : service.AccessLog?.CreateBuffer();
        _exchanges = new ExchangePool(service, log, hub.IsOfOneConnection ? 0 : RetainedExchanges);
    }

    internal HttpService Service { get; }

    internal ServerLines Lines { get; }

    /// <summary>Connections whose app has not answered at once, for the report of what a stop cuts off.</summary>
    internal HashSet<HttpConnection> Waiting { get; } = [];

    internal Exchange Rent(Connection connection)
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

    internal void Return(Exchange exchange) => _exchanges.Return(exchange);
}
