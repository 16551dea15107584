using System.Net;

namespace AsyncServer.Runtime;

/// <summary>
/// What the runtime does with a connected socket's descriptor. Every method makes one system call and reports its error as a number.
/// </summary>
internal static unsafe class SocketDescriptor
{
    private const int AddressCapacity = 128;

    /// <summary>The new descriptor, or minus the error number. It is non-blocking and closed on exec.</summary>
    internal static int Accept(int listener, out PeerAddress peer)
    {
        // Safe: the kernel is told the size of the buffer and writes no more than that.
        byte* address = stackalloc byte[AddressCapacity];
        int length = AddressCapacity;
        int descriptor = Libc.Accept(listener, address, &length, Libc.NonBlocking | Libc.CloseOnExec);
        peer = descriptor < 0 ? default : PeerAddress.FromNative(new ReadOnlySpan<byte>(address, Math.Min(length, AddressCapacity)));
        return descriptor < 0 ? -Errno.Last : descriptor;
    }

    /// <summary>A stream socket for addresses of this family, or minus the error number. It is non-blocking and closed on exec.</summary>
    internal static int Open(int family)
    {
        int descriptor = Libc.Socket(family, Libc.StreamType | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (descriptor < 0)
            return -Errno.Last;
        int on = 1;
        if (family != Libc.UnixFamily)
            _ = Libc.SetSocketOption(descriptor, Libc.TcpLevel, Libc.NoDelayOption, &on, sizeof(int));
        return descriptor;
    }

    /// <summary>
    /// Limits the bytes that the socket takes beyond what it can send at once. A system without such an option takes what it likes.
    /// </summary>
    internal static void LimitUnsent(int descriptor, int limit) =>
        _ = Libc.SetSocketOption(descriptor, Libc.TcpLevel, Libc.UnsentLimitOption, &limit, sizeof(int));

    /// <summary>
    /// Gives the socket its own address: 0 or minus the error number. A port of 0 is chosen when it connects, where the system can wait so
    /// long.
    /// </summary>
    internal static int Bind(int descriptor, ReadOnlySpan<byte> address)
    {
        // ip(7): so that the port need only be free towards the one peer, not everywhere. Also the option of IPv6 sockets.
        int on = 1;
        _ = Libc.SetSocketOption(descriptor, Libc.InternetLevel, Libc.BindAddressNoPortOption, &on, sizeof(int));
        fixed (byte* start = address)
            return Libc.Bind(descriptor, start, (uint)address.Length) == 0 ? 0 : -Errno.Last;
    }

    /// <summary>
    /// Begins to connect: 0 when it is done, else minus the error number, <see cref="Errno.InProgress"/> where it goes on.
    /// </summary>
    internal static int Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            if (Libc.Connect(descriptor, start, (uint)address.Length) == 0)
                return 0;
            int error = Errno.Last;
            return error == Errno.Interrupted ? -Errno.InProgress : -error; // interrupted, it goes on as well: connect(2)
        }
    }

    /// <summary>What became of a connect: 0 or the error number (SO_ERROR).</summary>
    internal static int ConnectError(int descriptor)
    {
        int error = 0;
        uint length = sizeof(int);
        return Libc.GetSocketOption(descriptor, Libc.SocketLevel, Libc.ErrorOption, &error, &length) == 0 ? error : Errno.Last;
    }

    /// <summary>Has a descriptor stay in this process: what it starts does not get it.</summary>
    internal static void CloseOnExec(int descriptor) => Libc.DescriptorControl(descriptor, Libc.SetDescriptorFlags, Libc.CloseOnExecFlag);

    internal static void DoNotBlock(int descriptor) => Libc.DescriptorControl(descriptor, Libc.SetStatusFlags, Libc.NonBlocking);

    /// <summary>How many descriptors the process may have open (the soft RLIMIT_NOFILE), or null when that is not known.</summary>
    internal static long? Limit()
    {
        // Safe: struct rlimit is two 64-bit numbers, the soft and the hard limit.
        ulong* limits = stackalloc ulong[2];
        return Libc.GetResourceLimit(Libc.DescriptorResource, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : null;
    }

    internal static EndPoint? LocalEndPoint(int descriptor)
    {
        byte* address = stackalloc byte[AddressCapacity];
        int length = AddressCapacity;
        return Libc.GetSocketName(descriptor, address, &length) != 0
            ? null
            : PeerAddress.FromNative(new ReadOnlySpan<byte>(address, Math.Min(length, AddressCapacity))).ToEndPoint();
    }

    internal static PeerAddress Peer(int descriptor)
    {
        byte* address = stackalloc byte[AddressCapacity];
        int length = AddressCapacity;
        return Libc.GetPeerName(descriptor, address, &length) != 0
            ? default
            : PeerAddress.FromNative(new ReadOnlySpan<byte>(address, Math.Min(length, AddressCapacity)));
    }

    /// <summary>Bytes received, 0 at the end of the stream, or minus the error number.</summary>
    internal static int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Receive(descriptor, start, buffer.Length, 0);
    }

    /// <summary>
    /// What a receive would find, which stays where it is: above 0 for bytes, 0 at the end of the stream, or minus the error number.
    /// </summary>
    internal static int Peek(int descriptor)
    {
        // Safe: the kernel writes one byte at most. A receive of no bytes would not tell the end from bytes.
        byte first;
        return Receive(descriptor, &first, 1, Libc.PeekOnly);
    }

    private static int Receive(int descriptor, byte* start, int length, int flags)
    {
        nint count;
        while ((count = Libc.Receive(descriptor, start, length, flags)) < 0)
        {
            int error = Errno.Last;
            if (error != Errno.Interrupted)
                return -error;
        }
        return (int)count;
    }

    /// <summary>Bytes taken by the kernel, or minus the error number.</summary>
    internal static int Send(int descriptor, ReadOnlySpan<byte> data, bool moreFollows)
    {
        int flags = Libc.NoSignal | (moreFollows ? Libc.MoreComing : 0);
        fixed (byte* start = data)
        {
            nint count;
            while ((count = Libc.Send(descriptor, start, data.Length, flags)) < 0)
            {
                int error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
            return (int)count;
        }
    }

    /// <summary>Bytes of both pieces together taken by the kernel, or minus the error number.</summary>
    internal static int Send(int descriptor, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* firstStart = first, secondStart = second)
        {
            // Safe: both pieces are pinned for the call and the header lives on this stack frame.
            IoVector* vectors = stackalloc IoVector[2];
            vectors[0] = new IoVector { Base = firstStart, Length = first.Length };
            vectors[1] = new IoVector { Base = secondStart, Length = second.Length };
            var message = new MessageHeader { Vectors = vectors, VectorCount = 2 };
            nint count;
            while ((count = Libc.SendMessage(descriptor, &message, Libc.NoSignal)) < 0)
            {
                int error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
            return (int)count;
        }
    }

    /// <summary>Bytes of the file taken by the kernel, 0 where the file ends, or minus the error number.</summary>
    internal static int SendFile(int descriptor, int file, long offset, int count)
    {
        nint sent;
        while ((sent = Libc.SendFile(descriptor, file, &offset, count)) < 0)
        {
            int error = Errno.Last;
            if (error != Errno.Interrupted)
                return -error;
        }
        return (int)sent;
    }

    /// <summary>Bytes that were sent and that the peer has not acknowledged; 0 where the system does not tell.</summary>
    internal static int Pending(int descriptor)
    {
        // Safe: the kernel writes one int.
        int count = 0;
        return Libc.DeviceControl(descriptor, Libc.SendQueueLength, &count) == 0 ? count : 0;
    }

    internal static void ShutdownSend(int descriptor) => _ = Libc.Shutdown(descriptor, Libc.ShutdownSend);

    /// <summary>Makes the coming close send a reset instead of a FIN (SO_LINGER with a time of 0).</summary>
    internal static void ResetOnClose(int descriptor)
    {
        int* linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetSocketOption(descriptor, Libc.SocketLevel, Libc.LingerOption, linger, 2 * sizeof(int));
    }

    internal static void Close(int descriptor) => _ = Libc.Close(descriptor);
}
