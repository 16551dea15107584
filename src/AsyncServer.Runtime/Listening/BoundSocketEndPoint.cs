using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>A socket that the program has bound itself, for a server to listen on.</summary>
/// <example>
/// <code>
/// var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
/// socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
/// var server = new StreamServer(new BoundSocketEndPoint(socket), EchoAsync);
/// </code>
/// </example>
public sealed class BoundSocketEndPoint : EndPoint
{
    /// <summary>Names a socket.</summary>
    /// <param name="socket">
    /// A stream socket that is bound, and may listen already. The server that opens this end point owns it from then on, and closes it.
    /// </param>
    /// <exception cref="ArgumentException">It is not bound, or no stream socket.</exception>
    public BoundSocketEndPoint(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (!socket.IsBound || socket.SocketType != SocketType.Stream)
            throw new ArgumentException("A server listens on a stream socket that is bound to an address.", nameof(socket));
        Socket = socket;
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>The address that the socket is bound to.</summary>
    public override string ToString() => $"{Socket.LocalEndPoint}";
}
