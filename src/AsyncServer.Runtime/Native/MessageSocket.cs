namespace AsyncServer.Runtime;

/// <summary>
/// Sends and receives whole messages with descriptors (SCM_RIGHTS) over a pair of unix sockets. Errors are minus the system's numbers.
/// </summary>
internal static unsafe class MessageSocket
{
    /// <summary>Descriptors in one message at the most.</summary>
    internal const int MostDescriptors = 64;

    private const int MessagesInOrder = 5; // SOCK_SEQPACKET
    private const int Rights = 1;
    private const int NoWait = 0x40;
    private const int CloseReceivedOnExec = 0x40000000;

    // struct cmsghdr on 64-bit Linux: a length, then level and type.
    private const int HeaderSize = 16;
    private const int LevelOffset = 8;
    private const int TypeOffset = 12;

    /// <summary>Both ends are closed on exec.</summary>
    internal static int Pair(out int first, out int second)
    {
        int* descriptors = stackalloc int[2];
        int result = Libc.SocketPair(Libc.UnixFamily, MessagesInOrder | Libc.CloseOnExec | Libc.NonBlocking, 0, descriptors);
        (first, second) = (descriptors[0], descriptors[1]);
        return result == 0 ? 0 : -Errno.Last;
    }

    internal static int Send(int socket, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[HeaderSize + (MostDescriptors * sizeof(int))];
        fixed (byte* start = message)
        {
            // Safe: the message is pinned for the call, header and control live on this stack frame.
            var vector = new IoVector { Base = start, Length = message.Length };
            var header = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                int length = HeaderSize + (descriptors.Length * sizeof(int));
                *(long*)control = length;
                *(int*)(control + LevelOffset) = Libc.SocketLevel;
                *(int*)(control + TypeOffset) = Rights;
                descriptors.CopyTo(new Span<int>(control + HeaderSize, MostDescriptors));
                header.Control = control;
                header.ControlLength = (length + 7) & ~7;
            }
            nint sent;
            while ((sent = Libc.SendMessage(socket, &header, Libc.NoSignal | NoWait)) < 0)
            {
                int error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
            return (int)sent;
        }
    }

    /// <summary>Bytes of the next message, 0 when the other end was closed.</summary>
    internal static int Receive(int socket, Span<byte> message, out int[] descriptors)
    {
        const int controlSize = HeaderSize + (MostDescriptors * sizeof(int));
        byte* control = stackalloc byte[controlSize];
        descriptors = [];
        fixed (byte* start = message)
        {
            var vector = new IoVector { Base = start, Length = message.Length };
            var header = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = controlSize };
            nint received;
            while ((received = Libc.ReceiveMessage(socket, &header, NoWait | CloseReceivedOnExec)) < 0)
            {
                int error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
            bool hasRights = header.ControlLength >= HeaderSize && *(int*)(control + LevelOffset) == Libc.SocketLevel
                && *(int*)(control + TypeOffset) == Rights;
            if (hasRights)
                descriptors = new ReadOnlySpan<int>(control + HeaderSize, (int)(*(long*)control - HeaderSize) / sizeof(int)).ToArray();
            return (int)received;
        }
    }
}
