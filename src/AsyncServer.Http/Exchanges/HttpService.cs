using AsyncServer.Runtime;
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
    HttpLimits Limits, RequestHandler Handler, RefusalHandler Refuse, FailureHandler? Failure, bool SendServerHeader,
        TimeProvider TimeProvider, ILogger Logger)
{
    /// <summary>Whether clients are told the ids that the access log has.</summary>
    internal bool SendsRequestId { get; init; }

    /// <summary>Makes what a hub tells of its connections and requests.</summary>
    internal IReadOnlyList<Func<Hub, IServerObserver>> Observers { get; init; } = [];

    /// <summary>What proxies say about where a request came from; null where none is trusted.</summary>
    internal Func<Request, ForwardedOrigin>? Origin { get; init; }

    /// <summary>Answers a request whose app failed, with the id that the log has.</summary>
    internal ValueTask FailAsync(Request request, ResponseWriter response, Exception exception, string requestId)
    {
        var plain = Response.Text($"{StatusCodes.Text(500)}\nrequest {requestId}\n", 500);
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
