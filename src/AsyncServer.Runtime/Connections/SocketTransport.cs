using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>A connected stream socket on a hub of <see cref="TransportKind.Epoll"/>: one system call for each transfer.</summary>
internal sealed class SocketTransport(int descriptor, PeerAddress peer) : Transport
{
    private readonly PeerAddress _peer = peer; // never changes, so that any thread may read it
    private readonly int _descriptor = descriptor;
    private bool _isBroken; // the hub's

    internal override EndPoint? LocalEndPoint => SocketDescriptor.LocalEndPoint(_descriptor);

    internal override EndPoint? RemoteEndPoint => _peer.ToEndPoint();

    internal override int FormatRemoteAddress(Span<byte> text) => _peer.Format(text);

    internal override int PendingCount(long sent) => SocketDescriptor.Pending(_descriptor);

    internal override TransferResult Receive(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return Peek();
        int result = SocketDescriptor.Receive(_descriptor, buffer);
        if (result <= 0)
            return ToReceived(result);

        // Fewer bytes than asked for means that the queue is empty, and a further arrival is a further event (epoll(7)). A FIN or a reset
        // that came with them is no event of its own, but the hub was told of it together with the bytes.
        return TransferResult.Done(result, isDrained: result < buffer.Length);
    }

    internal override TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows) =>
        ToSent(SocketDescriptor.Send(_descriptor, data, moreFollows));

    internal override TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        ToSent(SocketDescriptor.Send(_descriptor, first, second));

    internal override TransferResult SendFile(SafeFileHandle file, long offset, int count)
    {
        using var held = new HeldDescriptor(file);
        int result = MissingCalls.SendFile ? -Errno.NoSystemCall : SocketDescriptor.SendFile(_descriptor, held.Number, offset, count);
        if (MissingCalls.IsMissing(-result))
            MissingCalls.SendFile = true;

        // EINVAL and EOPNOTSUPP: this file's system does not do it.
        if (MissingCalls.IsMissing(-result) || result is -Errno.InvalidArgument or -Errno.NotSupported)
            return SendCopy(file, offset, count);
        return result == 0 ? TransferResult.EndOfStream : ToSent(result);
    }

    internal override void ShutdownSend() => SocketDescriptor.ShutdownSend(_descriptor);

    internal override void Close(bool reset)
    {
        if (reset)
            SocketDescriptor.ResetOnClose(_descriptor);
        SocketDescriptor.Close(_descriptor);
    }

    private TransferResult Peek()
    {
        int result = SocketDescriptor.Peek(_descriptor);
        return result > 0 ? TransferResult.Done(0) : ToReceived(result);
    }

    private TransferResult ToReceived(int result)
    {
        if (result == -Errno.TryAgain)
            return TransferResult.Drained;
        _isBroken |= result < 0; // the system reports an error once, and then an end
        return _isBroken ? TransferResult.Broken : TransferResult.EndOfStream;
    }

    private TransferResult ToSent(int result)
    {
        if (result >= 0)
            return TransferResult.Done(result);
        if (result == -Errno.TryAgain)
            return TransferResult.WouldBlock;
        _isBroken |= result != -Errno.BrokenPipe; // which says nothing about what the peer has sent
        return TransferResult.Broken;
    }
}
