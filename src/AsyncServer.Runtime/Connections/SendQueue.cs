using System.Buffers.Binary;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// What of the sent bytes a platform socket still holds, where its system can be asked through <see cref="Socket"/>: on Linux (TCP_INFO).
/// </summary>
internal static class SendQueue
{
    private const int TcpLevel = 6;
    private const int TcpInformation = 11;

    // tcpi_bytes_acked in struct tcp_info, which only ever grows at its end.
    private const int AcknowledgedOffset = 120;
    private const int LeastSize = AcknowledgedOffset + sizeof(ulong);

    /// <summary>Bytes of <paramref name="sent"/> that the peer's system has not acknowledged; 0 where nobody can tell.</summary>
    internal static int Unacknowledged(Socket socket, long sent)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix)
            return 0;
        Span<byte> information = stackalloc byte[LeastSize];
        try
        {
            if (socket.GetRawSocketOption(TcpLevel, TcpInformation, information) < LeastSize)
                return 0;
        }
        catch (SocketException)
        {
            return 0; // the connection is gone
        }
        long acknowledged = BinaryPrimitives.ReadInt64LittleEndian(information[AcknowledgedOffset..]);
        return (int)Math.Clamp(sent - acknowledged, 0, int.MaxValue);
    }
}
