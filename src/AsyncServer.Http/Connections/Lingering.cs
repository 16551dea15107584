using System.Buffers;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// The end of a connection whose client may still be sending. Closed at once, the system would answer those bytes with a
/// reset, which can overtake our last answer and erase it at the client (RFC 9112 section 9.6).
/// </summary>
internal static class Lingering
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private const int PieceSize = 16 * 1024;

    /// <summary>Shuts the sending side at once, then drops what still arrives, until the client ends or 2 s have passed.</summary>
    internal static async ValueTask RunAsync(Connection connection)
    {
        connection.ShutdownSend();
        connection.SetDeadline(Longest);
        byte[] dropped = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (await connection.WaitReadableAsync())
            {
                TransferStatus status;
                while ((status = connection.Receive(dropped).Status) == TransferStatus.Done)
                    await Coroutine.Yield();
                if (status != TransferStatus.WouldBlock)
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(dropped);
        }
    }
}
