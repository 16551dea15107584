using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Http;

/// <summary>
/// A hop's address: <c>192.0.2.1</c>, <c>192.0.2.1:80</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]</c> or <c>[2001:db8::1]:80</c> (RFC 7239
/// section 6).
/// </summary>
internal static class ForwardedNode
{
    /// <returns>Null for all else: no address, a shortened one, or a name such as <c>unknown</c>.</returns>
    internal static IPEndPoint? Parse(string? text)
    {
        if (text is null)
            return null;
        var (host, port) = Split(text);
        if (host.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(host, out var address) || PortOf(port) is not { } number)
            return null;
        // "10.1" and "010.0.0.1" are addresses to the system; what they would be to others nobody knows.
        if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host)
            return null;
        return new IPEndPoint(address.Unmapped(), number);
    }

    private static (string Host, string? Port) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            return close < 0 || (close + 1 < text.Length && text[close + 1] != ':') ? ("", null)
                : (text[1..close].Contains(':', StringComparison.Ordinal) ? text[1..close] : "",
                    close + 1 < text.Length ? text[(close + 2)..] : null);
        }
        bool hasPort = colon >= 0 && text.IndexOf(':', StringComparison.Ordinal) == colon;
        return hasPort ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }

    private static int? PortOf(string? text)
    {
        if (text is null || text.StartsWith('_'))
            return 0; // none, or one that is not told
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port <= IPEndPoint.MaxPort ? port : null;
    }
}
