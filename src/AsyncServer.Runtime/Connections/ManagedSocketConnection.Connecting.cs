using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <content>Connecting to others.</content>
internal sealed partial class ManagedSocketConnection
{
    /// <exception cref="SocketException">Nobody answers there.</exception>
    internal static async Task<Connection> ConnectAsync(Hub hub, EndPoint endPoint, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Coroutine.Current?.CancellationToken ?? CancellationToken.None);
        bool isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        hub.Occupancy.ConnectionComing();
        try
        {
            await socket.ConnectAsync(endPoint, either.Token);
            return Open(hub, socket, PeerAddress.FromEndPoint(endPoint));
        }
        catch
        {
            socket.Dispose();
            hub.Occupancy.ConnectionGone();
            throw;
        }
    }

    /// <summary>Puts a connected socket on its hub; when this fails, it is still the caller's to close.</summary>
    internal static ManagedSocketConnection Open(Hub hub, Socket socket, PeerAddress peer)
    {
        socket.Blocking = false;
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true; // not every system has accepted sockets inherit it
        return new ManagedSocketConnection(hub, socket, peer);
    }
}
