using System.ComponentModel;
using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <content>Connecting to others.</content>
public sealed partial class SocketConnection
{
    /// <summary>Connects to a server, on the current hub and without holding its thread (gevent: <c>socket.create_connection</c>).</summary>
    /// <param name="address"><c>host:port</c>, <c>[IPv6]:port</c> or <c>unix:path</c>.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="FormatException">The address has none of these forms.</exception>
    /// <inheritdoc cref="ConnectAsync(EndPoint, CancellationToken)"/>
    public static Task<Connection> ConnectAsync(string address, CancellationToken cancellation = default) =>
        ConnectAsync(EndPointText.Parse(address), cancellation);

    /// <summary>Connects to a server, on the current hub and without holding its thread (gevent: <c>socket.create_connection</c>).</summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose addresses are tried in order.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>The connection; who asked for it closes it.</returns>
    /// <exception cref="IOException">Nobody answers there, or the name is not known. The message says who was asked, the inner exception why it failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the coroutine was killed.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static async Task<Connection> ConnectAsync(EndPoint endPoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var hub = Hub.Current ?? throw new InvalidOperationException("SocketConnection.ConnectAsync needs a hub on this thread: see Hub.Run.");
        if (endPoint is not DnsEndPoint name)
            return await ConnectAsync(hub, endPoint, cancellation);
        IOException? failure = null;
        foreach (var address in await ResolveAsync(name, cancellation))
        {
            try { return await ConnectAsync(hub, new IPEndPoint(address, name.Port), cancellation); }
            catch (IOException exception) { failure ??= exception; } // the next address may answer; else the first reason is told
        }
        throw failure ?? new IOException($"Cannot connect to {name.Host}:{name.Port}: the name has no address.");
    }

    private static async Task<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Coroutine.Current?.CancellationToken ?? CancellationToken.None);
        try
        {
            return await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, either.Token);
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot connect to {name.Host}:{name.Port}: {exception.Message}", exception);
        }
    }

    private static async Task<Connection> ConnectAsync(Hub hub, EndPoint endPoint, CancellationToken cancellation)
    {
        if (hub.Transport == Transport.Sockets)
        {
            try { return await ManagedSocketConnection.ConnectAsync(hub, endPoint, cancellation); }
            catch (SocketException exception) { throw Refusal(endPoint, exception.NativeErrorCode); }
        }
        cancellation.ThrowIfCancellationRequested();
        var connection = Begin(hub, endPoint.Serialize(), endPoint, out bool isConnecting);
        if (!isConnecting)
            return connection;
        try
        {
            await connection.WaitConnectedAsync(cancellation);
            int error = connection.IsClosed ? Errno.ConnectionAborted : SocketDescriptor.ConnectError(connection.Descriptor);
            return error == 0 ? connection : throw Refusal(endPoint, error);
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    private static SocketConnection Begin(Hub hub, SocketAddress address, EndPoint endPoint, out bool isConnecting)
    {
        var native = address.Buffer.Span[..address.Size]; // begins with the system's own number of the family
        int descriptor = SocketDescriptor.Open(BitConverter.ToUInt16(native));
        if (descriptor < 0)
            throw Refusal(endPoint, -descriptor);
        int error = -SocketDescriptor.Connect(descriptor, native);
        isConnecting = error == Errno.InProgress;
        if (error != 0 && !isConnecting)
        {
            SocketDescriptor.Close(descriptor);
            throw Refusal(endPoint, error);
        }
        hub.Occupancy.ConnectionComing();
        try
        {
            var connection = new SocketConnection(hub, new AcceptedSocket(descriptor, PeerAddress.FromNative(native)));
            if (isConnecting)
                connection.AwaitConnected();
            return connection;
        }
        catch
        {
            SocketDescriptor.Close(descriptor);
            hub.Occupancy.ConnectionGone();
            throw;
        }
    }

    private static IOException Refusal(EndPoint endPoint, int error)
    {
        var reason = new Win32Exception(error);
        return new IOException($"Cannot connect to {endPoint}: {reason.Message}", reason);
    }
}
