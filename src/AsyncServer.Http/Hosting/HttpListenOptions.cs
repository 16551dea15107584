using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>One listener of an <see cref="HttpServer"/>: where it listens, and what holds for its connections alone.</summary>
/// <example>
/// <code>
/// await using var server = new HttpServer(new HttpServerOptions {     Listen =     [         new HttpListenOptions { EndPoint = new
/// IPEndPoint(IPAddress.Any, 8080) },         new HttpListenOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, 8081), Limits = new
/// HttpLimits { MaxRequestBodySize = 0 } },     ], });
/// </code>
/// </example>
public sealed class HttpListenOptions : ListenOptions
{
    /// <summary>
    /// Limits and deadlines of this listener's connections, all of them in the place of the server's; null, the default, for the
    /// server's. What counts the connections and requests of the whole server stays the server's:
    /// <see cref="HttpLimits.MaxConnections"/>, <see cref="HttpLimits.Overload"/>, <see cref="HttpLimits.MaxConcurrentRequests"/>,
    /// <see cref="HttpLimits.MaxQueuedRequests"/> and <see cref="HttpLimits.QueueTimeout"/> must be left at their defaults here, or be
    /// what the server has.
    /// </summary>
    public HttpLimits? Limits { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A limit is below zero; its name is the parameter's.</exception>
    /// <exception cref="ArgumentException">A limit is set here that can only be the whole server's.</exception>
    internal void Check(HttpLimits ofServer)
    {
        if (Limits is null)
            return;
        Limits.Validate();
        if (!Limits.HasSharedLimitsOf(new HttpLimits()) && !Limits.HasSharedLimitsOf(ofServer))
        {
            string mistake = $"The limits of {EndPoint} count connections or requests, which only those of the whole server can.";
            throw new ArgumentException(mistake, nameof(ofServer));
        }
    }
}
