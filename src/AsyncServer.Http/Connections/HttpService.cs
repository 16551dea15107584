using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>What all connections of a server share.</summary>
/// <param name="Limits">Limits and deadlines.</param>
/// <param name="Handler">Answers requests.</param>
/// <param name="Refuse">Sends an error in the place of an answer that failed.</param>
/// <param name="Failure">Makes the answer where an app failed; null for the plain one.</param>
/// <param name="SendServerHeader">Whether responses say who made them.</param>
/// <param name="Logger">Where log lines go.</param>
internal sealed record HttpService(
    HttpLimits Limits, RequestHandler Handler, Func<Request, ResponseState, Response, ValueTask> Refuse, FailureHandler? Failure, bool SendServerHeader, ILogger Logger)
{
    internal ParserLimits ParserLimits { get; } = Limits.ForParser;

    /// <summary>Answers requests. Another one takes its place while there is no memory for what they ask.</summary>
    internal RequestHandler Handler { get; set; } = Handler;

    /// <summary>Null where none is kept.</summary>
    internal AccessLog? AccessLog { get; init; }

    /// <summary>What proxies say about the client; null where none is trusted.</summary>
    internal Forwarding? Forwarding { get; init; }

    /// <summary>Answers a request whose app failed, with the id that the log has.</summary>
    internal ValueTask FailAsync(Request request, ResponseState response, Exception exception, string requestId)
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
        return plain.WithHeader(RequestId.HeaderName, requestId).SendAsync(response);
    }
}
