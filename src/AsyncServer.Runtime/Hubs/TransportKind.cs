namespace AsyncServer.Runtime;

/// <summary>How a hub moves bytes over sockets, and learns that they are ready.</summary>
public enum TransportKind
{
    /// <summary><see cref="Epoll"/> on Linux, <see cref="Sockets"/> elsewhere.</summary>
    Auto,

    /// <summary>The system's own calls, and the hub's <see cref="IPoller"/>. Linux only.</summary>
    Epoll,

    /// <summary>
    /// <see cref="System.Net.Sockets.Socket"/>, everywhere .NET runs: slower, since each wait for a client passes through the platform's
    /// threads.
    /// </summary>
    Sockets,
}
