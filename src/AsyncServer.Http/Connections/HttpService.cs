using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>What all connections of a server share.</summary>
/// <param name="Limits">Limits and deadlines.</param>
/// <param name="Handler">Answers requests.</param>
/// <param name="Refuse">Sends an error in the place of an answer that failed.</param>
/// <param name="SendServerHeader">Whether responses say who made them.</param>
/// <param name="Logger">Where log lines go.</param>
internal sealed record HttpService(
    HttpLimits Limits, RequestHandler Handler, Func<Request, ResponseState, Response, ValueTask> Refuse, bool SendServerHeader, ILogger Logger)
{
    internal ParserLimits ParserLimits { get; } = Limits.ForParser;
}
