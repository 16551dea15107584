using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// Sends a part of a file through the transport's own way, piece by piece, so that others have their turn, and each piece from memory,
/// so that the disk holds nobody up.
/// </summary>
internal static class FileSender
{
    private const int PieceSize = 256 * 1024;

    /// <returns>Bytes that were not sent: the file became shorter, or the peer has gone.</returns>
    internal static async ValueTask<long> SendAsync(Connection connection, OutputBuffer output, SafeFileHandle file, long offset,
        long count)
    {
        long loaded = offset;
        while (count > 0 && !output.IsBroken)
        {
            if (offset >= loaded)
            {
                int next = (int)Math.Min(count, PieceSize);
                if (!FileMemory.Has(file, offset, next))
                    await FileMemory.LoadAsync(file, offset, next);
                loaded = offset + next;
            }
            int piece = (int)(loaded - offset);
            var result = connection.SendFile(file, offset, piece);
            switch (result.Status)
            {
                case TransferStatus.Done:
                    offset += result.Count;
                    count -= result.Count;
                    if (result.Count == PieceSize)
                        await Coroutine.Yield();
                    break;
                case TransferStatus.WouldBlock:
                    await output.WaitAsync(connection);
                    break;
                case TransferStatus.EndOfStream:
                    return count; // truncated while it is sent: the connection will be cut, never padded
                default:
                    output.Break();
                    break;
            }
        }
        return count;
    }
}
