using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>What all connections of a server share.</summary>
/// <param name="Limits">Limits and deadlines.</param>
/// <param name="Handler">Answers requests.</param>
/// <param name="Refuse">Sends an error in the place of an answer that failed.</param>
/// <param name="Failure">Makes the answer where an app failed; null for the plain one.</param>
/// <param name="SendServerHeader">Whether responses say who made them.</param>
/// <param name="TimeProvider">The server's clock.</param>
/// <param name="Logger">Where log lines go.</param>
internal sealed record HttpService(
    HttpLimits Limits, RequestHandler Handler, RefusalHandler Refuse, FailureHandler? Failure, bool SendServerHeader, TimeProvider TimeProvider, ILogger Logger)
{
    /// <summary>Null where none is kept.</summary>
    internal AccessLog? AccessLog { get; init; }

    /// <summary>Whether clients are told the ids that the access log has.</summary>
    internal bool SendsRequestId => AccessLog is { SendsRequestId: true };

    /// <summary>Further ones, made for each hub.</summary>
    internal IReadOnlyList<Func<IServerObserver>> Observers { get; init; } = [];

    /// <summary>What proxies say about the client; null where none is trusted.</summary>
    internal Forwarding? Forwarding { get; init; }

    /// <param name="options">Those of the server.</param>
    /// <param name="handler">The first of the chain.</param>
    /// <param name="refuse">As in the constructor.</param>
    /// <param name="accessLog">Null where none is kept.</param>
    /// <param name="logger">As in the constructor.</param>
    internal static HttpService From(HttpServerOptions options, RequestHandler handler, RefusalHandler refuse, AccessLog? accessLog, ILogger logger) =>
        new(options.Limits, handler, refuse, options.FailureHandler, options.SendServerHeader, options.TimeProvider, logger)
        {
            AccessLog = accessLog,
            Observers = options.Observers,
            Forwarding = options.Forwarding.TrustsSomebody ? new Forwarding(options.Forwarding) : null,
        };

    /// <summary>Makes what a hub tells of its connections and requests.</summary>
    internal IServerObserver[] CreateObservers(bool isOfOneConnection)
    {
        var observers = new List<IServerObserver>();
        if (AccessLog is not null)
            observers.Add(isOfOneConnection ? AccessLog.SharedBuffer : AccessLog.CreateBuffer());
        foreach (var create in Observers)
            observers.Add(create());
        return [.. observers];
    }

    /// <summary>Answers a request whose app failed, with the id that the log has.</summary>
    internal ValueTask FailAsync(Request request, ResponseWriter response, Exception exception, string requestId)
    {
        var plain = Response.Text($"{StatusLine.Text(500)}\nrequest {requestId}\n", 500);
        if (Failure is null)
            return Refuse(request, response, plain.WithHeader(RequestId.HeaderName, requestId));
        try
        {
            plain = Failure(request, exception, requestId);
        }
        catch (Exception failure)
        {
            Logger.FailureHandlerFailed(requestId, failure); // the program's; the client must get some answer
        }
        return response.SendAsync(plain.WithHeader(RequestId.HeaderName, requestId));
    }
}
