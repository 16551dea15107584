using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>
/// What a server says when it cannot take more: 503 with Retry-After to clients, and to the operator a line a second at most.
/// </summary>
internal sealed class Overload(ILogger logger, TimeProvider time)
{
    /// <summary>RFC 9110 section 10.2.3, in seconds: places become free all the time.</summary>
    internal const string RetryAfter = "1";

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long? _lastReport;
    private int _refused;

    internal static Response Answer => Response.Status(503).WithHeader("Retry-After", RetryAfter);

    internal void Note()
    {
        int refused;
        lock (_lock)
        {
            _refused++;
            if (_lastReport is { } last && time.GetElapsedTime(last) < ReportInterval)
                return;
            _lastReport = time.GetTimestamp();
            (refused, _refused) = (_refused, 0);
        }
        logger.Overloaded(refused);
    }
}
