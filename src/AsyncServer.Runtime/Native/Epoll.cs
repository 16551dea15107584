using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>An epoll instance with the kernel's event record, whose layout differs by processor.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    internal const uint In = 0x001;
    internal const uint Out = 0x004;
    internal const uint Error = 0x008;
    internal const uint HangUp = 0x010;
    internal const uint ReadHangUp = 0x2000;
    internal const uint EdgeTriggered = 1u << 31;

    internal const int Add = 1;
    internal const int Delete = 2;
    internal const int Modify = 3;

    // struct epoll_event is packed on x64 (12 bytes) and naturally aligned everywhere else (16 bytes).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(long);

    private readonly int _capacity;
    private readonly byte* _events;
    private int _descriptor;

    internal Epoll(int capacity)
    {
        _descriptor = Libc.EpollCreate(Libc.CloseOnExec);
        if (_descriptor < 0)
            throw Errno.ToException(Errno.Last, "epoll_create1");
        _capacity = capacity;
        _events = (byte*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)EventSize);
    }

    internal void Control(int operation, int descriptor, uint events, long token)
    {
        // Safe: the kernel reads at most EventSize bytes, which the largest layout holds.
        byte* record = stackalloc byte[16];
        Unsafe.WriteUnaligned(record, events);
        Unsafe.WriteUnaligned(record + DataOffset, token);
        if (Libc.EpollControl(_descriptor, operation, descriptor, record) != 0)
            throw Errno.ToException(Errno.Last, "epoll_ctl");
    }

    /// <summary>Waits and returns how many records, at most <paramref name="limit"/>, <see cref="Read"/> can tell about.</summary>
    internal int Wait(int limit, int timeoutMilliseconds)
    {
        int count = Libc.EpollWait(_descriptor, _events, Math.Min(limit, _capacity), timeoutMilliseconds);
        if (count >= 0)
            return count;
        int error = Errno.Last;
        return error == Errno.Interrupted ? 0 : throw Errno.ToException(error, "epoll_wait");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Read(int index, out long token)
    {
        // Safe: index is below the count that the last wait returned, which is at most the records' capacity.
        byte* record = _events + (nint)index * EventSize;
        token = Unsafe.ReadUnaligned<long>(record + DataOffset);
        return Unsafe.ReadUnaligned<uint>(record);
    }

    public void Dispose()
    {
        if (_descriptor < 0)
            return;
        _ = Libc.Close(_descriptor);
        _descriptor = -1;
        NativeMemory.Free(_events);
    }
}
