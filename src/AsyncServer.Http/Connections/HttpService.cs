using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>What all connections of a server share.</summary>
internal sealed record HttpService(HttpLimits Limits, RequestHandler Handler, bool SendServerHeader, ILogger Logger)
{
    internal ParserLimits ParserLimits { get; } = Limits.ForParser;
}
