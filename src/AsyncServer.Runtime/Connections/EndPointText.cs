using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>Addresses as people write them.</summary>
internal static class EndPointText
{
    private const string UnixPrefix = "unix:";

    /// <param name="text"><c>host:port</c>, <c>[IPv6]:port</c>, <c>:port</c> for all addresses, or <c>unix:path</c>.</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    internal static EndPoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length)
            return new UnixDomainSocketEndPoint(text[UnixPrefix.Length..]);
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            throw NotAnAddress(text);
        string host = text[..colon];
        if (host.Length == 0)
            return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var address))
        {
            // Without brackets nobody can tell where the address ends and the port begins.
            return isBracketed == (address.AddressFamily == AddressFamily.InterNetworkV6) ? new IPEndPoint(address, port)
                : throw NotAnAddress(text);
        }
        return Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port) : throw NotAnAddress(text);
    }

    private static FormatException NotAnAddress(string text) =>
        new($"\"{text}\" is no address: it must be HOST:PORT, [IPv6]:PORT, :PORT or unix:PATH, with a port from 0 to 65535.");
}
