using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncServer.Http;

/// <summary>Where the apps' <c>wsgi.errors</c> goes: nowhere until a server takes their routes.</summary>
internal sealed class ErrorLog
{
    internal ILogger Logger { get; set; } = NullLogger.Instance;
}
