using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// The end of a connection whose client may still be sending. Closed at once, the system would answer those bytes with a
/// reset, which can overtake our last answer and erase it at the client (RFC 9112 section 9.6).
/// </summary>
internal static class Lingering
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private const int PieceSize = 4 * 1024;

    /// <summary>Shuts the sending side at once, then drops what still arrives, until the client ends or 2 s have passed.</summary>
    internal static async ValueTask RunAsync(Connection connection)
    {
        connection.ShutdownSend();
        connection.Deadlines.SetRead(Longest, ConnectionPhase.Linger);
        while (await connection.WaitReadableAsync())
        {
            var status = Drop(connection);
            if (status == TransferStatus.Done)
                await Coroutine.Yield(); // more is there: others have their turn, and the deadline its say
            else if (status != TransferStatus.WouldBlock)
                return;
        }
    }

    /// <summary>Shuts the sending side and drops what has arrived, waiting for nothing more.</summary>
    internal static void RunAtOnce(Connection connection)
    {
        connection.ShutdownSend();
        Drop(connection);
    }

    private static TransferStatus Drop(Connection connection)
    {
        Span<byte> dropped = stackalloc byte[PieceSize];
        var status = TransferStatus.Done;
        for (int i = 0; i < TurnBudget.DroppedReads && status == TransferStatus.Done; i++)
            status = connection.Receive(dropped).Status;
        return status;
    }
}
