namespace AsyncServer.Runtime;

/// <summary>
/// Connections without a network: what the server sees of a <see cref="MemoryPeer"/> in the same process. For tests, and for
/// serving callers in the process; they behave as sockets with small buffers do, short sends included. Both ends have loopback addresses.
/// </summary>
public static class MemoryConnection
{
    /// <summary>How many bytes a send takes before the peer reads, unless told otherwise: as a small socket buffer.</summary>
    public const int DefaultCapacity = 64 * 1024;

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
            return new Connection(hub, new MemoryTransport(peer)).ServeAsync(handle);
        peer.DeliverEnd(reset: true, closed: true);
        hub.Occupancy.ConnectionGone();
        return Task.CompletedTask;
    }
}
