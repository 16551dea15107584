namespace AsyncServer.Runtime;

/// <summary>What a <see cref="ConnectionServer"/> listens on, and what becomes of the connections.</summary>
public sealed class ConnectionServerOptions
{
    /// <summary>The listeners. A listener's index is its position here; no connection is served by the options of another one.</summary>
    public required IReadOnlyList<ListenOptions> Listen { get; init; }

    /// <summary>
    /// Makes what serves the connections of a listener; called once for each listener. What it makes runs on the connection's hub, as a
    /// coroutine of its own, and closes the connection.
    /// </summary>
    public required Func<ListenOptions, Func<Connection, Task>> Protocol { get; init; }

    /// <summary>
    /// Makes what tells the connections of a listener that there are too many; it runs in the same way, in the place of
    /// <see cref="Protocol"/>. Null, the default: connections beyond <see cref="MaxConnections"/> wait until others end.
    /// </summary>
    public Func<ListenOptions, Func<Connection, Task>>? Refusal { get; init; }

    /// <summary>
    /// The hubs that serve the connections; they are started with the server. Null, the default, for the hub that starts it.
    /// </summary>
    public HubGroup? Hubs { get; init; }

    /// <summary>How many connections are served at a time, those of all listeners together. 0, the default, for no limit.</summary>
    public int MaxConnections { get; init; }

    /// <summary>
    /// From this number of connections on, accepting pauses and idle connections end, as when descriptors run short; see
    /// <see cref="Runtime.DescriptorLimit"/>. Default: no number.
    /// </summary>
    public int DescriptorLimit { get; init; } = int.MaxValue;

    /// <summary>
    /// Takes each accepted connection in the server's place, before any of its bytes are read, for instance to give it to another
    /// process; that process serves it by <see cref="AcceptedSocket.Listener"/>. It ends when the connection has, and is called on the
    /// hub that accepts. Null, the default: the server serves them itself.
    /// </summary>
    public Func<AcceptedSocket, Task>? TakeConnection { get; init; }

    /// <summary>Called when the server starts, before it opens anything. What it throws ends the start.</summary>
    public Action? Starting { get; init; }

    /// <summary>Called with each address when the server listens on it, with the port that the system chose for port 0.</summary>
    public Action<System.Net.EndPoint>? Listening { get; init; }

    /// <summary>The system call, so that tests can have it fail.</summary>
    internal SocketListener.AcceptCall Accept { get; init; } = SocketDescriptor.Accept;

    /// <summary>Counts the connections that hubs have been given, refused ones too; null where nobody asks.</summary>
    internal OpenConnections? Open { get; init; }
}
