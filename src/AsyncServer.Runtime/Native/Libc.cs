using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>The system calls that the runtime makes itself. All unsafe code of the library is in this folder.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static unsafe partial int EpollControl(int epoll, int operation, int descriptor, void* ev);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    internal static unsafe partial int EpollWait(int epoll, void* events, int maxEvents, int timeout);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static unsafe partial int Poll(PollRecord* records, nuint count, int timeout);

    [LibraryImport(Library, EntryPoint = "select", SetLastError = true)]
    internal static unsafe partial int Select(int limit, ulong* readable, ulong* writable, ulong* exceptional, TimeValue* timeout);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    internal static unsafe partial int Accept(int descriptor, byte* address, int* addressLength, int flags);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static unsafe partial int Bind(int descriptor, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static unsafe partial int Connect(int descriptor, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    internal static unsafe partial int GetSocketName(int descriptor, byte* address, int* addressLength);

    [LibraryImport(Library, EntryPoint = "getpeername", SetLastError = true)]
    internal static unsafe partial int GetPeerName(int descriptor, byte* address, int* addressLength);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    internal static unsafe partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    internal static unsafe partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    internal static unsafe partial nint SendMessage(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "sendfile", SetLastError = true)]
    internal static unsafe partial nint SendFile(int destination, int source, long* offset, nint count);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static unsafe partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "sched_setscheduler", SetLastError = true)]
    internal static unsafe partial int SetScheduler(int thread, int policy, int* priority);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int DescriptorControl(int descriptor, int command, nint value);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int DeviceControl(int descriptor, nuint request, int* value);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static unsafe partial int GetResourceLimit(int resource, ulong* limits);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(int descriptor, int how);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static unsafe partial int SetSocketOption(int descriptor, int level, int option, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int GetSocketOption(int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    internal static unsafe partial int Open(byte* path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    internal static unsafe partial int OpenAt(int directory, byte* path, int flags, int mode);

    // Through syscall(2): libc versions in use have no openat2, and musl has had statx for a short time only.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint OpenAt2(nint number, nint directory, byte* path, OpenHow* how, nint size);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint StatX(nint number, nint directory, byte* path, nint flags, nint mask, byte* result);

    // Through syscall(2) as well: older libc versions have it under other names.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint StatAt(nint number, nint directory, byte* path, byte* result, nint flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint ReadVectors(nint number, nint descriptor, IoVector* vectors, nint count, nint offset,
        nint offsetHigh, nint flags);

    // Values of the Linux ABI on x64 and arm64; the ones that differ between the two are chosen where they are used.
    internal const int CloseOnExec = 0x80000;
    internal const int DuplicateClosedOnExec = 1030; // F_DUPFD_CLOEXEC
    internal const int SetDescriptorFlags = 2;
    internal const int SetStatusFlags = 4;
    internal const int CloseOnExecFlag = 1;
    internal const int NonBlocking = 0x800;
    internal const int PeekOnly = 2;
    internal const int NoSignal = 0x4000;
    internal const int MoreComing = 0x8000;
    internal const int ShutdownSend = 1;
    internal const int SocketLevel = 1;
    internal const int LingerOption = 13;
    internal const int ErrorOption = 4;
    internal const int SharePortOption = 15;
    internal const int StreamType = 1;
    internal const int UnixFamily = 1;
    internal const int TcpLevel = 6;
    internal const int NoDelayOption = 1;
    internal const int UnsentLimitOption = 25; // TCP_NOTSENT_LOWAT
    internal const int InternetLevel = 0;
    internal const int BindAddressNoPortOption = 24;
    internal const int DescriptorResource = 7;
    internal const int SendQueueLength = 0x5411;
}

/// <summary><c>struct open_how</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    internal ulong Flags;
    internal ulong Mode;
    internal ulong Resolve;
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRecord
{
    internal int Descriptor;
    internal short Interest;
    internal short Reported;
}

/// <summary><c>struct timeval</c> of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeValue
{
    internal long Seconds;
    internal long Microseconds;
}

/// <summary>One piece of a gathered send: <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal byte* Base;
    internal nint Length;
}

/// <summary><c>struct msghdr</c> as 64-bit Linux lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal void* Name;
    internal uint NameLength;
    internal IoVector* Vectors;
    internal nint VectorCount;
    internal void* Control;
    internal nint ControlLength;
    internal int Flags;
}
