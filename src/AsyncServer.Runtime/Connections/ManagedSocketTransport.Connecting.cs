using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <content>Connecting to others.</content>
internal sealed partial class ManagedSocketTransport
{
    private const int IPLevel = 0;
    private const int BindAddressNoPort = 24; // the port is chosen when it connects, free towards that server alone

    /// <exception cref="SocketException">Nobody answers there.</exception>
    internal static async Task<Connection> ConnectAsync(Hub hub, EndPoint endPoint, IPEndPoint? local, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation,
            Coroutine.Current?.CancellationToken ?? CancellationToken.None);
        bool isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        hub.Occupancy.ConnectionComing();
        try
        {
            if (local is not null)
                Bind(socket, local);
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

    private static void Bind(Socket socket, IPEndPoint local)
    {
        if (OperatingSystem.IsLinux() && local.Port == 0)
            socket.SetRawSocketOption(IPLevel, BindAddressNoPort, BitConverter.GetBytes(1));
        socket.Bind(local);
    }

    /// <summary>Puts a connected socket on its hub; when this fails, it is still the caller's to close.</summary>
    internal static Connection Open(Hub hub, Socket socket, PeerAddress peer)
    {
        socket.Blocking = false;
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true; // not every system has accepted sockets inherit it
        return new Connection(hub, new ManagedSocketTransport(hub, socket, peer));
    }
}
