using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>A connected stream socket on a hub of <see cref="TransportKind.Epoll"/>.</summary>
public sealed partial class SocketConnection : Connection
{
    private readonly PeerAddress _peer;

    /// <summary>Takes over a descriptor that <see cref="SocketListener"/> has accepted; when this fails, it is still the caller's to close.</summary>
    internal SocketConnection(Hub hub, AcceptedSocket accepted) : base(hub, accepted.Descriptor) => _peer = accepted.Peer;

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => IsClosed ? null : SocketDescriptor.LocalEndPoint(Descriptor);

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _peer.ToEndPoint();

    /// <inheritdoc/>
    public override int FormatRemoteAddress(Span<byte> text) => _peer.Format(text);

    private protected override int PendingCount => SocketDescriptor.Pending(Descriptor);

    private protected override TransferResult ReceiveCore(Span<byte> buffer)
    {
        int result = SocketDescriptor.Receive(Descriptor, buffer);
        return result == 0 && !buffer.IsEmpty ? TransferResult.EndOfStream : ToResult(result);
    }

    private protected override TransferResult SendCore(ReadOnlySpan<byte> data, bool moreFollows) =>
        ToResult(SocketDescriptor.Send(Descriptor, data, moreFollows));

    private protected override TransferResult SendCore(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        ToResult(SocketDescriptor.Send(Descriptor, first, second));

    private protected override TransferResult SendFileCore(SafeFileHandle file, long offset, int count)
    {
        using var held = new HeldDescriptor(file);
        int result = MissingCalls.SendFile ? -Errno.NoSystemCall : SocketDescriptor.SendFile(Descriptor, held.Number, offset, count);
        if (MissingCalls.IsMissing(-result))
            MissingCalls.SendFile = true;

        // EINVAL and EOPNOTSUPP: this file's system does not do it.
        if (MissingCalls.IsMissing(-result) || result is -Errno.InvalidArgument or -Errno.NotSupported)
            return SendCopy(file, offset, count);
        return result == 0 ? TransferResult.EndOfStream : ToResult(result);
    }

    private protected override void ShutdownSendCore() => SocketDescriptor.ShutdownSend(Descriptor);

    private protected override void CloseCore(bool reset)
    {
        if (reset)
            SocketDescriptor.ResetOnClose(Descriptor);
        SocketDescriptor.Close(Descriptor);
    }

    private static TransferResult ToResult(int result) => result switch
    {
        >= 0 => TransferResult.Done(result),
        -Errno.TryAgain => TransferResult.WouldBlock,
        _ => TransferResult.Broken,
    };
}
