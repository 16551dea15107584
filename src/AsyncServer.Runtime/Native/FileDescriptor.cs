using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>Opens files and reads their facts. Every method makes one system call and reports its error as a minus number.</summary>
/// <remarks>One that the system does not have is noted in <see cref="MissingCalls"/>, and what takes its place is called instead.</remarks>
internal static unsafe class FileDescriptor
{
    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    // Numbers that only x64 has of its own; arm64 and everything newer share one table.
    private static readonly nint StatXNumber = IsX64 ? 332 : 291;
    private static readonly int DirectoryOnly = IsX64 ? 0x10000 : 0x4000;
    private static readonly nint ReadVectorsNumber = IsX64 ? 327 : 286;
    private static readonly nint StatAtNumber = IsX64 ? 262 : 79;
    private const nint OpenAt2Number = 437;

    private const int ReadOnlyFlags = Libc.NonBlocking | Libc.CloseOnExec;
    private const int PathOnlyFlags = 0x200000 | Libc.CloseOnExec;

    // O_WRONLY, O_CREAT, O_NOCTTY, O_APPEND: the same on both.
    private const int AppendFlags = 0x1 | 0x40 | 0x100 | 0x400 | Libc.NonBlocking | Libc.CloseOnExec;

    private const uint CloseMemoryFileOnExec = 1;

    // RESOLVE_NO_MAGICLINKS and RESOLVE_BENEATH.
    private const ulong ResolveBeneath = 0x02 | 0x08;
    private const ulong ResolveCached = 0x20;

    // RWF_NOWAIT.
    private const nint WithoutWaiting = 0x08;

    private const nint EmptyPath = 0x1000;
    private const int StatXSize = 256;

    // STATX_TYPE, STATX_MTIME, STATX_CTIME, STATX_INO, STATX_SIZE.
    private const nint StatXMask = 0x1 | 0x40 | 0x80 | 0x100 | 0x200;

    // struct stat of 64-bit Linux, which differs between the two in its mode's place alone.
    private const int StatSize = 144;
    private static readonly int StatModeOffset = IsX64 ? 24 : 16;

    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;

    /// <summary>A descriptor of a directory that only serves to resolve paths below it.</summary>
    internal static int OpenDirectory(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = Terminated(path))
        {
            int descriptor = Libc.Open(start, PathOnlyFlags | DirectoryOnly, 0);
            return descriptor < 0 ? -Errno.Last : descriptor;
        }
    }

    /// <summary>Opens for reading what the path leads to, if no part of the way leaves the directory.</summary>
    internal static int OpenBeneath(int directory, ReadOnlySpan<byte> path) => OpenBeneath(directory, path, ReadOnlyFlags, ResolveBeneath);

    /// <summary>The same, but EAGAIN where a name on the way would have to be read from the disk.</summary>
    internal static int OpenBeneathCached(int directory, ReadOnlySpan<byte> path) =>
        OpenBeneath(directory, path, ReadOnlyFlags, ResolveBeneath | ResolveCached);

    /// <summary>A descriptor that can be asked where it is but opens nothing; links are followed wherever they lead.</summary>
    internal static int OpenPathOnly(int directory, ReadOnlySpan<byte> path)
    {
        fixed (byte* start = Terminated(path))
        {
            int descriptor = Libc.OpenAt(directory, start, PathOnlyFlags, 0);
            return descriptor < 0 ? -Errno.Last : descriptor;
        }
    }

    /// <summary>A second descriptor of the same, with the least free number that is not below this one.</summary>
    internal static int DuplicateFrom(int descriptor, int least)
    {
        int duplicate = Libc.DescriptorControl(descriptor, Libc.DuplicateClosedOnExec, least);
        return duplicate < 0 ? -Errno.Last : duplicate;
    }

    /// <summary>Opens for reading, links followed wherever they lead.</summary>
    internal static int Open(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = Terminated(path))
        {
            int descriptor = Libc.Open(start, ReadOnlyFlags, 0);
            return descriptor < 0 ? -Errno.Last : descriptor;
        }
    }

    /// <summary>
    /// Opens for writing at the end; a file that is not there is made. A FIFO without a reader is an error instead of a wait.
    /// </summary>
    internal static int OpenToAppend(ReadOnlySpan<byte> path, UnixFileMode mode)
    {
        fixed (byte* start = Terminated(path))
        {
            int descriptor = Libc.Open(start, AppendFlags, (int)mode);
            return descriptor < 0 ? -Errno.Last : descriptor;
        }
    }

    /// <summary>A file without a name, in memory. It is closed on exec.</summary>
    internal static int CreateInMemory()
    {
        fixed (byte* name = "asyncserver\0"u8)
        {
            int descriptor = Libc.CreateMemoryFile(name, CloseMemoryFileOnExec);
            return descriptor < 0 ? -Errno.Last : descriptor;
        }
    }

    /// <summary>Writes what the system takes; it may be less than there is.</summary>
    internal static int Write(int descriptor, ReadOnlySpan<byte> data)
    {
        // Safe: pinned for the length of the call, which reads no further than the span.
        fixed (byte* start = data)
        {
            nint count = Libc.Write(descriptor, start, data.Length);
            return count < 0 ? -Errno.Last : (int)count;
        }
    }

    /// <summary>Whether the system has <c>openat2</c> and lets us use it (old kernels and container filters do not).</summary>
    internal static bool CanOpenBeneath(int directory) =>
        Try(directory, ResolveBeneath) is not (-Errno.NoSystemCall or -Errno.NotPermitted);

    /// <summary>Whether <see cref="OpenBeneathCached"/> is known here (Linux 5.12).</summary>
    internal static bool CanOpenCached(int directory) => Try(directory, ResolveBeneath | ResolveCached) >= 0;

    /// <summary>Whether the byte at the offset can be read without the disk; true also where the file system cannot tell.</summary>
    internal static bool IsResident(int descriptor, long offset)
    {
        if (MissingCalls.ReadWithoutWaiting)
            return true;
        // Safe: the one byte that the kernel may write lives on this stack frame.
        byte content;
        var vector = new IoVector { Base = &content, Length = 1 };
        nint count = Libc.ReadVectors(ReadVectorsNumber, descriptor, &vector, 1, (nint)offset, 0, WithoutWaiting);
        if (count >= 0)
            return true;
        int error = Errno.Last;
        MissingCalls.ReadWithoutWaiting |= MissingCalls.IsMissing(error);
        return error != Errno.TryAgain;
    }

    /// <summary>The facts of what a path leads to from a directory.</summary>
    internal static int Stat(int directory, ReadOnlySpan<byte> path, out FileFacts facts) => Stat(directory, path, 0, out facts);

    /// <summary>The facts of what is open.</summary>
    internal static int Stat(int descriptor, out FileFacts facts) => Stat(descriptor, "\0"u8, EmptyPath, out facts);

    private static int Try(int directory, ulong resolve)
    {
        int descriptor = OpenBeneath(directory, ".\0"u8, PathOnlyFlags, resolve);
        if (descriptor >= 0)
            _ = Libc.Close(descriptor);
        return descriptor;
    }

    private static int OpenBeneath(int directory, ReadOnlySpan<byte> path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)flags, Resolve = resolve };
        fixed (byte* start = Terminated(path))
        {
            nint descriptor = Libc.OpenAt2(OpenAt2Number, directory, start, &how, sizeof(OpenHow));
            return descriptor < 0 ? -Errno.Last : (int)descriptor;
        }
    }

    private static int Stat(int descriptor, ReadOnlySpan<byte> path, nint flags, out FileFacts facts)
    {
        if (MissingCalls.StatX)
            return StatAt(descriptor, path, flags, out facts);
        // Safe: struct statx has 256 bytes, the last of them reserved for what later kernels may add.
        byte* record = stackalloc byte[StatXSize];
        nint result;
        fixed (byte* start = Terminated(path))
            result = Libc.StatX(StatXNumber, descriptor, start, flags, StatXMask, record);
        facts = result < 0 ? default : Read(record);
        if (result >= 0)
            return 0;
        int error = Errno.Last;
        if (!MissingCalls.IsMissing(error))
            return -error;
        MissingCalls.StatX = true;
        return StatAt(descriptor, path, flags, out facts);
    }

    private static FileFacts Read(byte* record) => new(
        Kind: KindOf(*(ushort*)(record + 28)),
        Size: *(long*)(record + 40),
        Inode: *(ulong*)(record + 32),
        Device: ((ulong)*(uint*)(record + 136) << 32) | *(uint*)(record + 140),
        ModifiedNanoseconds: Nanoseconds(record + 112),
        ChangedNanoseconds: Nanoseconds(record + 96));

    private static int StatAt(int descriptor, ReadOnlySpan<byte> path, nint flags, out FileFacts facts)
    {
        // Safe: the larger of the two layouts has 144 bytes.
        byte* record = stackalloc byte[StatSize];
        nint result;
        fixed (byte* start = Terminated(path))
            result = Libc.StatAt(StatAtNumber, descriptor, start, record, flags);
        facts = result < 0 ? default : new FileFacts(
            Kind: KindOf(*(uint*)(record + StatModeOffset)),
            Size: *(long*)(record + 48),
            Inode: *(ulong*)(record + 8),
            Device: *(ulong*)record,
            ModifiedNanoseconds: Nanoseconds(record + 88),
            ChangedNanoseconds: Nanoseconds(record + 104));
        return result < 0 ? -Errno.Last : 0;
    }

    private static FileKind KindOf(uint mode) => (mode & TypeMask) switch
    {
        RegularType => FileKind.Regular,
        DirectoryType => FileKind.Directory,
        _ => FileKind.Other,
    };

    // struct statx_timestamp, and the same pair in struct stat. Times that 64 bits of nanoseconds do not hold wrap round: they still tell
    // versions apart.
    private static long Nanoseconds(byte* time) => unchecked((*(long*)time * 1_000_000_000) + *(uint*)(time + sizeof(long)));

    /// <summary>Callers end their paths with a NUL, so that none is copied here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> path) =>
        path is [.., 0] ? path : throw new ArgumentException("A path for the system ends with a NUL.", nameof(path));
}
