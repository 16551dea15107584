using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <content>For transports whose system does less: files are copied, and readiness is looked for.</content>
public abstract partial class Connection
{
    // What a socket's buffer takes at a time, about; what it does not take is read again.
    private const int CopySize = 64 * 1024;

    private protected bool IsReadAwaited => _readable.IsPending;

    /// <summary>
    /// A deadline has passed: a transport whose reports take their time reports input that came before. Pollers have done so by then.
    /// </summary>
    private protected virtual void ReportLateInput()
    {
    }

    /// <summary>Reads a piece of a file and sends as much of it as the transport takes.</summary>
    private protected TransferResult SendCopy(SafeFileHandle file, long offset, int count)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(Math.Min(count, CopySize));
        try
        {
            int read = RandomAccess.Read(file, piece.AsSpan(0, Math.Min(count, piece.Length)), offset);
            return read == 0 ? TransferResult.EndOfStream : SendCore(piece.AsSpan(0, read), moreFollows: false);
        }
        catch (IOException)
        {
            return TransferResult.Broken; // the disk fails, which sendfile would tell in the same way
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
