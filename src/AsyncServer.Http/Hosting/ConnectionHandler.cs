using System.Collections.Concurrent;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Serves or refuses connections by one set of limits, with what each hub keeps for them. Its methods run on the connection's hub unless
/// they say otherwise.
/// </summary>
internal sealed class ConnectionHandler(HttpService service, RefusedConnections refused, StaticFiles? files) : IDisposable
{
    private readonly ConcurrentDictionary<Hub, Http1Context> _contexts = new();

    internal HttpService Service => service;

    internal int ContextCount => _contexts.Count;

    /// <summary>How many exchanges the hubs keep for later.</summary>
    internal int KeptExchanges => _contexts.Values.Sum(static context => context.KeptExchanges);

    internal Task ServeAsync(Connection connection) => connection.Hub.IsOfOneConnection
        ? ServeAloneAsync(connection.Hub, new Http1Connection(connection, ContextOf(connection.Hub)).RunAsync())
        : new Http1Connection(connection, ContextOf(connection.Hub)).RunAsync();

    internal Task RefuseAsync(Connection connection) => connection.Hub.IsOfOneConnection
        ? ServeAloneAsync(connection.Hub, refused.ServeAsync(connection, ContextOf(connection.Hub)))
        : refused.ServeAsync(connection, ContextOf(connection.Hub));

    /// <summary>Says in the log which requests a stop cuts off. Any thread may call it.</summary>
    internal Task ReportCutsAsync(string reason) => Task.WhenAll(_contexts.Select(pair => ReportCutsAsync(pair.Key, pair.Value, reason)));

    public void Dispose()
    {
        foreach (var context in _contexts.Values)
            context.Dispose();
    }

    private static Task ReportCutsAsync(Hub hub, Http1Context context, string reason) => hub.InvokeAsync(() =>
    {
        foreach (var connection in context.Waiting)
            connection.ReportCut(reason);
        return Task.CompletedTask;
    });

    private Http1Context ContextOf(Hub hub) => _contexts.GetOrAdd(hub, static (hub, service) => new Http1Context(hub, service), service);

    // What is kept for its hub goes with the connection.
    private async Task ServeAloneAsync(Hub hub, Task serving)
    {
        try
        {
            await serving;
        }
        finally
        {
            if (_contexts.TryRemove(hub, out var context))
                context.Dispose();
            files?.Forget(hub);
        }
    }
}
