using System.Net;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// Finds a request's origin. Every proxy adds at the right whom it got the request from, so the walk begins there, passes the trusted ones
/// and ends at the first that is not: further to the left may stand what a client has made up, and nobody looks at it.
/// </summary>
internal sealed class Forwarding(ForwardingOptions options)
{
    internal ForwardedOrigin Resolve(Request request)
    {
        if (!IsTrustedPeer(request.Live.Connection.RemoteEndPoint))
            return default;
        return options.Headers.HasFlag(ForwardedHeaders.Forwarded) ? FromForwarded(request.Headers["Forwarded"])
            : FromXForwarded(request.Headers);
    }

    private ForwardedOrigin FromXForwarded(RequestHeaders headers)
    {
        string[] hops = List(headers, ForwardedHeaders.XForwardedFor, "X-Forwarded-For");
        IPEndPoint? client = null;
        int depth = 1;
        for (int i = hops.Length - 1; i >= 0; i--)
        {
            client = ForwardedNode.Parse(hops[i]);
            depth = client is null ? 1 : hops.Length - i;
            if (client is null || !IsTrusted(client.Address))
                break;
        }
        string? scheme = At(List(headers, ForwardedHeaders.XForwardedProto, "X-Forwarded-Proto"), depth);
        string? host = At(List(headers, ForwardedHeaders.XForwardedHost, "X-Forwarded-Host"), depth);
        return new ForwardedOrigin(client, Scheme(scheme), IsHost(host) ? host : null);
    }

    private ForwardedOrigin FromForwarded(string? header)
    {
        ForwardedOrigin origin = default;
        for (int end = header?.Length ?? 0; end > 0;)
        {
            int start = ForwardedElement.FindLast(header, end);
            if (start < 0 || ForwardedElement.Parse(header.AsSpan(start, end - start)) is not { } element)
                return default;
            if (element.Proto is not null && Scheme(element.Proto) is null)
                return default;
            if (element.Host is not null && !IsHost(element.Host))
                return default;
            var client = ForwardedNode.Parse(element.For);
            origin = new ForwardedOrigin(client, Scheme(element.Proto), element.Host);
            if (client is null || !IsTrusted(client.Address))
                break;
            end = start - 1;
        }
        return origin;
    }

    private bool IsTrustedPeer(EndPoint? peer) => peer is IPEndPoint remote ? IsTrusted(remote.Address) : options.TrustsUnixSockets;

    private bool IsTrusted(IPAddress address)
    {
        var unmapped = address.Unmapped();
        foreach (var network in options.TrustedProxies)
        {
            if (network.Contains(unmapped))
                return true;
        }
        return false;
    }

    private string[] List(RequestHeaders headers, ForwardedHeaders which, string name) =>
        options.Headers.HasFlag(which) && headers[name] is { } value
        ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];

    // What was added with the client's address; a proxy that replaces the header leaves fewer values than hops.
    private static string? At(string[] values, int depth) => values.Length == 0 ? null : values[Math.Max(0, values.Length - depth)];

    private static string? Scheme(string? text) =>
        string.Equals(text, "https", StringComparison.OrdinalIgnoreCase) ? "https"
        : string.Equals(text, "http", StringComparison.OrdinalIgnoreCase) ? "http"
        : null;

    private static bool IsHost(string? text) => text is not null && HostSyntax.IsValid(Encoding.Latin1.GetBytes(text));
}
