using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A connection without a network: what the server sees of a <see cref="MemoryPeer"/> in the same process. For tests, and for
/// serving callers in the process; it behaves as a socket with small buffers does, short sends included.
/// </summary>
public sealed class MemoryConnection : Connection
{
    /// <summary>How many bytes a send takes before the peer reads, unless told otherwise: as a small socket buffer.</summary>
    public const int DefaultCapacity = 64 * 1024;

    private const int FilePieceSize = 4 * 1024; // lies on the stack

    private readonly MemoryPeer _peer;

    private MemoryConnection(Hub hub, MemoryPeer peer) : base(hub, descriptor: -1)
    {
        _peer = peer;
        peer.Attach(signal: events => hub.Post(() => Ready(events)));
    }

    /// <summary>A loopback address, so that apps find what they expect.</summary>
    public override EndPoint? LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 80);

    /// <inheritdoc cref="LocalEndPoint"/>
    public override EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 50000);

    /// <summary>Connects to a hub, where a coroutine starts with <paramref name="handle"/>. Any thread may call it.</summary>
    /// <param name="hub">The hub that is to serve the connection.</param>
    /// <param name="handle">Serves the connection and closes it.</param>
    /// <param name="capacity">Bytes that the server may send before the peer reads, above zero.</param>
    /// <returns>The client's end.</returns>
    public static MemoryPeer Connect(Hub hub, Func<Connection, Task> handle, int capacity = DefaultCapacity)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        var peer = new MemoryPeer(capacity);
        hub.Occupancy.ConnectionComing();
        Coroutine.Spawn(hub, () => Serve(hub, peer, handle), context: null);
        return peer;
    }

    private static Task Serve(Hub hub, MemoryPeer peer, Func<Connection, Task> handle)
    {
        if (!hub.IsStopping)
            return new MemoryConnection(hub, peer).ServeAsync(handle);
        peer.DeliverEnd(reset: true, closed: true);
        hub.Occupancy.ConnectionGone();
        return Task.CompletedTask;
    }

    private protected override int PendingCount => _peer.UnreadCount;

    private protected override TransferResult ReceiveCore(Span<byte> buffer) => _peer.TakeSent(buffer);

    private protected override TransferResult SendCore(ReadOnlySpan<byte> data, bool moreFollows) => _peer.Deliver(data);

    private protected override TransferResult SendCore(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.IsEmpty)
            return _peer.Deliver(second); // else a full peer would look like one that took nothing of nothing
        var result = _peer.Deliver(first);
        if (result.Status != TransferStatus.Done || result.Count < first.Length)
            return result;
        var rest = _peer.Deliver(second);
        return rest.Status == TransferStatus.Done ? TransferResult.Done(first.Length + rest.Count) : result;
    }

    private protected override TransferResult SendFileCore(SafeFileHandle file, long offset, int count)
    {
        // A test double's way: a socket has the kernel copy, this copies a piece here.
        Span<byte> piece = stackalloc byte[Math.Min(count, FilePieceSize)];
        int read = RandomAccess.Read(file, piece, offset);
        return read == 0 ? TransferResult.EndOfStream : _peer.Deliver(piece[..read]);
    }

    private protected override void ShutdownSendCore() => _peer.DeliverEnd(reset: false);

    private protected override void CloseCore(bool reset) => _peer.DeliverEnd(reset, closed: true);
}
