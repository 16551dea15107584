using System.Net;

namespace AsyncServer.Http;

/// <summary>What a socket for both IPv6 and IPv4 makes of addresses, undone.</summary>
internal static class IPAddresses
{
    /// <summary>The IPv4 address that came as an IPv6 one (RFC 4291 section 2.5.5.2); any other as it is.</summary>
    internal static IPAddress Unmapped(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
