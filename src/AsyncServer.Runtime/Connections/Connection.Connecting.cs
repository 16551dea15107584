using System.ComponentModel;
using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <content>Connecting to others.</content>
public sealed partial class Connection
{
    /// <summary>
    /// Connects to a server, on the current hub and without holding its thread (gevent: <c>socket.create_connection</c>).
    /// </summary>
    /// <param name="address"><c>host:port</c>, <c>[IPv6]:port</c> or <c>unix:path</c>.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="FormatException">The address has none of these forms.</exception>
    /// <inheritdoc cref="ConnectAsync(EndPoint, CancellationToken)"/>
    public static Task<Connection> ConnectAsync(string address, CancellationToken cancellation = default) =>
        ConnectAsync(EndPointText.Parse(address), cancellation);

    /// <summary>
    /// Connects to a server, on the current hub and without holding its thread (gevent: <c>socket.create_connection</c>).
    /// </summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose addresses are tried in
    /// order.
    /// </param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>The connection; who asked for it closes it.</returns>
    /// <exception cref="IOException">
    /// Nobody answers there, or the name is not known. The message says who was asked, the inner exception why it failed.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the coroutine was killed.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static Task<Connection> ConnectAsync(EndPoint endPoint, CancellationToken cancellation = default) =>
        ConnectFromAsync(endPoint, null, cancellation);

    /// <summary>
    /// Connects to a server from an address of one's own (gevent: <c>socket.create_connection</c> with <c>source_address</c>).
    /// </summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>, or a <see cref="DnsEndPoint"/>, of whose addresses those of the same family are tried in order.
    /// </param>
    /// <param name="localEndPoint">
    /// An address of this machine. With port 0 the system chooses the port when it connects, so that it need only be free towards that
    /// server: each local address has a whole range of ports for each server (IP_BIND_ADDRESS_NO_PORT).
    /// </param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The two addresses are of different families.</exception>
    /// <inheritdoc cref="ConnectAsync(EndPoint, CancellationToken)"/>
    public static Task<Connection> ConnectAsync(EndPoint endPoint, IPEndPoint localEndPoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(localEndPoint);
        return endPoint.AddressFamily == localEndPoint.AddressFamily || endPoint is DnsEndPoint
            ? ConnectFromAsync(endPoint, localEndPoint, cancellation)
            : throw new ArgumentException($"A connection from {localEndPoint} cannot lead to {endPoint}.", nameof(localEndPoint));
    }

    private static async Task<Connection> ConnectFromAsync(EndPoint endPoint, IPEndPoint? local, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var hub = Hub.Current ?? throw new InvalidOperationException("Connection.ConnectAsync needs a hub on this thread: see Hub.Run.");
        if (endPoint is not DnsEndPoint name)
            return await ConnectAsync(hub, endPoint, local, cancellation);
        IOException? failure = null;
        foreach (var address in await ResolveAsync(name, cancellation))
        {
            if (local is not null && local.AddressFamily != address.AddressFamily)
                continue;
            try { return await ConnectAsync(hub, new IPEndPoint(address, name.Port), local, cancellation); }
            catch (IOException exception) { failure ??= exception; } // the next address may answer; else the first reason is told
        }
        throw failure ?? new IOException($"Cannot connect to {name.Host}:{name.Port}: the name has no address.");
    }

    private static async Task<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation,
            Coroutine.Current?.CancellationToken ?? CancellationToken.None);
        try
        {
            return await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, either.Token);
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot connect to {name.Host}:{name.Port}: {exception.Message}", exception);
        }
    }

    private static async Task<Connection> ConnectAsync(Hub hub, EndPoint endPoint, IPEndPoint? local, CancellationToken cancellation)
    {
        if (hub.Transport == TransportKind.Sockets)
        {
            try { return await ManagedSocketTransport.ConnectAsync(hub, endPoint, local, cancellation); }
            catch (SocketException exception) { throw Refusal(endPoint, local, exception.NativeErrorCode); }
        }
        cancellation.ThrowIfCancellationRequested();
        var connection = Begin(hub, endPoint.Serialize(), endPoint, local, out bool isConnecting);
        if (!isConnecting)
            return connection;
        try
        {
            await connection.WaitConnectedAsync(cancellation);
            int error = connection.IsClosed ? Errno.ConnectionAborted : SocketDescriptor.ConnectError(connection._descriptor);
            return error == 0 ? connection : throw Refusal(endPoint, local, error);
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    private static Connection Begin(Hub hub, SocketAddress address, EndPoint endPoint, IPEndPoint? local, out bool isConnecting)
    {
        var native = address.Buffer.Span[..address.Size]; // begins with the system's own number of the family
        int descriptor = SocketDescriptor.Open(BitConverter.ToUInt16(native));
        if (descriptor < 0)
            throw Refusal(endPoint, local, -descriptor);
        int error = local is null ? 0 : -Bind(descriptor, local.Serialize());
        if (error == 0)
            error = -SocketDescriptor.Connect(descriptor, native);
        isConnecting = error == Errno.InProgress;
        if (error != 0 && !isConnecting)
        {
            SocketDescriptor.Close(descriptor);
            throw Refusal(endPoint, local, error);
        }
        hub.Occupancy.ConnectionComing();
        try
        {
            var connection = new Connection(hub, new SocketTransport(descriptor, PeerAddress.FromNative(native)), descriptor);
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

    private static int Bind(int descriptor, SocketAddress address) =>
        SocketDescriptor.Bind(descriptor, address.Buffer.Span[..address.Size]);

    private static IOException Refusal(EndPoint endPoint, IPEndPoint? local, int error)
    {
        var reason = new Win32Exception(error);
        string from = local is null ? "" : $" from {local}";
        return new IOException($"Cannot connect to {endPoint}{from}: {reason.Message}", reason);
    }
}
