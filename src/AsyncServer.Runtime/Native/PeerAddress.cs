using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace AsyncServer.Runtime;

/// <summary>
/// The other end's address in 24 bytes: a connection keeps this and makes an <see cref="EndPoint"/> only on demand.
/// IPv4 is held as an IPv4-mapped IPv6 address, as dual-stack listeners see it.
/// </summary>
internal readonly struct PeerAddress(UInt128 address, ushort port, uint scope)
{
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    // Two halves: a field of UInt128 would be aligned to 16 bytes, and the whole take 32.
    private readonly ulong _upper = (ulong)(address >> 64);
    private readonly ulong _lower = (ulong)address;
    private readonly uint _scope = scope;
    private readonly ushort _port = port;

    /// <summary>From a <c>struct sockaddr</c>; families without addresses (unix sockets) give the default.</summary>
    internal static PeerAddress FromNative(ReadOnlySpan<byte> native)
    {
        if (native.Length < 8)
            return default;
        ushort family = BitConverter.ToUInt16(native);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(native[2..]);
        if (family == FamilyIPv4)
            return new PeerAddress(MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(native[4..]), port, 0);
        if (family == FamilyIPv6 && native.Length >= 28)
            return new PeerAddress(BinaryPrimitives.ReadUInt128BigEndian(native[8..]), port, BitConverter.ToUInt32(native[24..]));
        return default;
    }

    /// <summary>From the platform's form; what is no IP address gives the default.</summary>
    internal static PeerAddress FromEndPoint(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address, Port: var port })
            return default;
        Span<byte> bytes = stackalloc byte[16];
        var mapped = address.MapToIPv6();
        mapped.TryWriteBytes(bytes, out _);
        return new PeerAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), (ushort)port, (uint)mapped.ScopeId);
    }

    internal IPEndPoint? ToEndPoint() => _port == 0 ? null : new IPEndPoint(ToAddress(), _port);

    /// <summary>Writes the address as ASCII text; IPv4, the usual case, without an allocation.</summary>
    /// <returns>Bytes written; 0 without an address or without room.</returns>
    internal int Format(Span<byte> text)
    {
        if (_port == 0)
            return 0;
        if (!IsIPv4)
            return ToAddress().TryFormat(text, out int written) ? written : 0;
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            if (!((byte)(_lower >> shift)).TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture)
                || length + digits == text.Length)
                return 0;
            length += digits;
            if (shift > 0)
                text[length++] = (byte)'.';
        }
        return length;
    }

    private UInt128 Address => new(_upper, _lower);

    private bool IsIPv4 => Address >> 32 == MappedPrefix >> 32;

    private IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        var address = new IPAddress(bytes, _scope);
        return IsIPv4 ? address.MapToIPv4() : address;
    }
}
