using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>Sends a part of a file through the transport's own way, piece by piece, so that others have their turn.</summary>
internal static class FileSender
{
    private const int PieceSize = 256 * 1024;

    /// <returns>Bytes that were not sent: the file became shorter, or the peer has gone.</returns>
    internal static async ValueTask<long> SendAsync(Connection connection, OutputBuffer output, SafeFileHandle file, long offset, long count)
    {
        while (count > 0 && !output.IsBroken)
        {
            var result = connection.SendFile(file, offset, (int)Math.Min(count, PieceSize));
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
