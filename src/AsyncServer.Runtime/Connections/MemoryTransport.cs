using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// The server's end of a connection without a network; the client's end is a <see cref="MemoryPeer"/>, which any thread may use.
/// </summary>
internal sealed class MemoryTransport(MemoryPeer peer) : Transport
{
    private const int FilePieceSize = 4 * 1024; // lies on the stack

    // Loopback addresses, so that apps find what they expect.
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 80);
    private static readonly IPEndPoint Remote = new(IPAddress.Loopback, 50000);

    internal override EndPoint? LocalEndPoint => Local;

    internal override EndPoint? RemoteEndPoint => Remote;

    internal override int PendingCount(long sent) => peer.UnreadCount;

    internal override void Attach(Connection connection)
    {
        var hub = connection.Hub;
        peer.Attach(signal: events => hub.Post(() => connection.Ready(events)));
    }

    internal override TransferResult Receive(Span<byte> buffer) => peer.TakeSent(buffer);

    internal override TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows) => peer.Deliver(data);

    internal override TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.IsEmpty)
            return peer.Deliver(second); // else a full peer would look like one that took nothing of nothing
        var result = peer.Deliver(first);
        if (result.Status != TransferStatus.Done || result.Count < first.Length)
            return result;
        var rest = peer.Deliver(second);
        return rest.Status == TransferStatus.Done ? TransferResult.Done(first.Length + rest.Count) : result;
    }

    internal override TransferResult SendFile(SafeFileHandle file, long offset, int count)
    {
        // A test double's way: a socket has the kernel copy, this copies a piece here.
        Span<byte> piece = stackalloc byte[Math.Min(count, FilePieceSize)];
        int read = RandomAccess.Read(file, piece, offset);
        return read == 0 ? TransferResult.EndOfStream : peer.Deliver(piece[..read]);
    }

    internal override void ShutdownSend() => peer.DeliverEnd(reset: false);

    internal override void Close(bool reset) => peer.DeliverEnd(reset, closed: true);
}
