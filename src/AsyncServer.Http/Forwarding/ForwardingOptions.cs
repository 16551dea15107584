using System.Net;

namespace AsyncServer.Http;

/// <summary>
/// Whose word is taken for where requests come from. Nobody's, unless proxies are named: anybody can send these headers. Each named header
/// must be one that the proxies set or extend themselves; one that they pass on as it came is the client's.
/// </summary>
public sealed class ForwardingOptions
{
    /// <summary>The addresses of proxies, IPv4 ones also where they come as IPv6.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Whether whoever connects to a unix socket is such a proxy. Default: no.</summary>
    public bool TrustsUnixSockets { get; init; }

    /// <summary>What the proxies set. Default: <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>.</summary>
    public ForwardedHeaders Headers { get; init; } = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;

    /// <summary>Checks the headers.</summary>
    /// <exception cref="ArgumentException"><see cref="ForwardedHeaders.Forwarded"/> stands beside others.</exception>
    public void Check()
    {
        if (Headers.HasFlag(ForwardedHeaders.Forwarded) && Headers != ForwardedHeaders.Forwarded)
            throw new ArgumentException("Forwarded and X-Forwarded headers cannot both be trusted.");
    }

    internal bool TrustsSomebody => TrustedProxies.Count > 0 || TrustsUnixSockets;
}
