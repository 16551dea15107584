using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// Whether parts of files are in memory, and a way to bring them there without holding up a hub: reading a file always "succeeds at
/// once" for a poller, even where it takes a slow disk half a second.
/// </summary>
public static class FileMemory
{
    private const int PieceSize = 64 * 1024;

    /// <summary>Whether a part can be read without the disk, as far as its first and last byte tell. Any thread may call it.</summary>
    /// <param name="file">An open regular file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">Its length; what lies behind the end of the file counts as in memory.</param>
    /// <returns>Elsewhere than on Linux, where nobody can tell, only whether there is nothing to read.</returns>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public static bool Has(SafeFileHandle file, long offset, int count)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (count <= 0)
            return true;
        if (!NativeCalls.AreUsed)
            return false;
        using var held = new HeldDescriptor(file);
        return FileDescriptor.IsResident(held.Number, offset)
            && (count == 1 || FileDescriptor.IsResident(held.Number, offset + count - 1));
    }

    /// <summary>Reads a part on one of the <see cref="DiskThreads"/>, so that it is in memory afterwards.</summary>
    /// <param name="file">An open regular file; it stays open until the task ends.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">Its length.</param>
    public static Task LoadAsync(SafeFileHandle file, long offset, int count)
    {
        ArgumentNullException.ThrowIfNull(file);
        return DiskThreads.RunAsync(() => Load(file, offset, count));
    }

    /// <summary>Reads a part on this thread, for as long as it takes, and drops what it read.</summary>
    /// <param name="file">An open regular file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">Its length.</param>
    /// <returns>Whether all of it was there.</returns>
    public static bool Load(SafeFileHandle file, long offset, int count)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (count > 0)
            {
                int read = RandomAccess.Read(file, piece.AsSpan(0, Math.Min(count, piece.Length)), offset);
                if (read == 0)
                    return false;
                offset += read;
                count -= read;
            }
            return true;
        }
        catch (IOException)
        {
            return false; // the disk fails: whoever uses the part meets the same and reports it
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
