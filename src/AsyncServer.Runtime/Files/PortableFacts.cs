using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// The facts of files as .NET tells them on every system: without numbers of files and devices, so that the time of its making tells a file
/// from its successor.
/// </summary>
internal static class PortableFacts
{
    internal static FileFacts Of(FileSystemInfo place)
    {
        place.Refresh();
        return place is FileInfo file
            ? Make(FileKind.Regular, file.Length, file.LastWriteTimeUtc, file.CreationTimeUtc)
            : Make(FileKind.Directory, 0, place.LastWriteTimeUtc, place.CreationTimeUtc);
    }

    internal static FileFacts Of(SafeFileHandle file) =>
        Make(FileKind.Regular, RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file), File.GetCreationTimeUtc(file));

    private static FileFacts Make(FileKind kind, long size, DateTime modified, DateTime made) =>
        new(kind, size, Inode: (ulong)made.Ticks, Device: 0, Nanoseconds(modified), Nanoseconds(modified > made ? modified : made));

    private static long Nanoseconds(DateTime time) => unchecked((time - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
}
