using System.Buffers.Binary;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>
/// The message that has a worker accept on the sockets of a slot without one: whose they are, and which listener each of them belongs to.
/// The sockets go along with it, in the same order.
/// </summary>
internal sealed record AdoptOrder(byte Slot, IReadOnlyList<int> Listeners)
{
    private const int Head = 2; // what is said, and the slot

    /// <summary>The whole message.</summary>
    internal static byte[] Write(int slot, IReadOnlyList<int> listeners)
    {
        byte[] message = new byte[Head + (sizeof(ushort) * listeners.Count)];
        (message[0], message[1]) = ((byte)WorkerMessage.Adopt, checked((byte)slot));
        for (int i = 0; i < listeners.Count; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(Head + (sizeof(ushort) * i)), checked((ushort)listeners[i]));
        return message;
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    internal static AdoptOrder Read(ReadOnlySpan<byte> message)
    {
        int[] listeners = new int[(message.Length - Head) / sizeof(ushort)];
        for (int i = 0; i < listeners.Length; i++)
            listeners[i] = BinaryPrimitives.ReadUInt16LittleEndian(message[(Head + (sizeof(ushort) * i))..]);
        return new AdoptOrder(message[1], listeners);
    }

    /// <summary>
    /// The listener of a socket that came along. A supervisor of another version may have said none; then nobody knows how the socket is
    /// to be served.
    /// </summary>
    internal int ListenerOf(int socket) => socket < Listeners.Count ? Listeners[socket] : AcceptedSocket.UnknownListener;
}
