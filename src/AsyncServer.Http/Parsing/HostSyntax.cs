using System.Buffers;
using System.Net;

namespace AsyncServer.Http;

/// <summary>
/// Host and the authority of a target: <c>uri-host [ ":" port ]</c> (RFC 9110 7.2), never empty and without user
/// information. Of IP literals only IPv6 addresses without a zone pass: no other kind was ever assigned.
/// </summary>
internal static class HostSyntax
{
    private const int MaxPort = 65535;

    private static readonly SearchValues<byte> IPv6Bytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    internal static bool IsValid(ReadOnlySpan<byte> value)
    {
        int hostLength = value is [(byte)'[', ..] ? LiteralLength(value) : NameLength(value);
        if (hostLength == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = value[hostLength..];
        return rest.IsEmpty || (rest[0] == ':' && IsPort(rest[1..]));
    }

    private static int NameLength(ReadOnlySpan<byte> value)
    {
        int length = 0;
        while (true)
        {
            int stop = value[length..].IndexOfAnyExcept(Syntax.RegisteredName);
            if (stop < 0)
            {
                return value.Length;
            }

            length += stop;
            if (!PercentEncoding.IsTriplet(value[length..]))
            {
                return length;
            }

            length += PercentEncoding.TripletLength;
        }
    }

    private static int LiteralLength(ReadOnlySpan<byte> value)
    {
        int close = value.IndexOf((byte)']');
        if (close < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> address = value[1..close];
        bool valid = !address.ContainsAnyExcept(IPv6Bytes) && address.Contains((byte)':') && IPAddress.IsValidUtf8(address);
        return valid ? close + 1 : 0;
    }

    // RFC 3986 3.2.3: the digits may be missing.
    private static bool IsPort(ReadOnlySpan<byte> digits)
    {
        int port = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit) || (port = (port * 10) + digit - '0') > MaxPort)
            {
                return false;
            }
        }

        return true;
    }
}
