using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>One listener of a server: where it listens, and how its socket and the connections that come from it are set up.</summary>
/// <remarks>
/// A server knows each of its listeners by its position in the list that it was given. That index goes along with every descriptor that
/// another process gets, so that a socket is always served by the options that were written for it.
/// </remarks>
/// <example>
/// <code>
/// var listen = new ListenOptions
/// {
///     EndPoint = new IPEndPoint(IPAddress.Loopback, 8000),
///     KeepAlive = new TcpKeepAlive { Time = TimeSpan.FromMinutes(1) },
/// };
/// </code>
/// </example>
public class ListenOptions
{
    /// <summary>
    /// An IP address, where the IPv6 wildcard takes IPv4 too and port 0 lets the system choose; a <see cref="DnsEndPoint"/>, of whose
    /// addresses the first one counts; a <see cref="UnixDomainSocketEndPoint"/>, whose file is replaced when nobody listens there any
    /// more; or a socket that is open already, as a <see cref="DescriptorEndPoint"/> or a <see cref="BoundSocketEndPoint"/>.
    /// </summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>How many connections may wait to be accepted, zero or more; the system may cap it. Default: 4,096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Backlog
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = SocketListener.DefaultBacklog;

    /// <summary>The mode of a unix socket's file; null, the default, leaves it to the umask.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }

    /// <summary>Whether the IPv6 wildcard means <c>0.0.0.0</c> on a machine that has no IPv6. Default: no, that is an error.</summary>
    public bool FallsBackToIPv4 { get; init; }

    /// <summary>
    /// Whether other sockets of the same user may listen on the same address and port, among which the system spreads connections
    /// (SO_REUSEPORT). Then a port in use is no error, and a socket that closes loses the connections in its own backlog that nobody has
    /// accepted. Linux only. Default: no.
    /// </summary>
    public bool ReusePort { get; init; }

    /// <summary>Whether TCP sends small pieces at once instead of collecting them (TCP_NODELAY). Default: yes.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>
    /// How the system probes silent TCP connections; null, the default, leaves that to the system's defaults, which mostly is: not at
    /// all.
    /// </summary>
    public TcpKeepAlive? KeepAlive { get; init; }

    /// <summary>What a connection goes through, in this order, before its protocol gets it.</summary>
    internal IReadOnlyList<ConnectionMiddleware> Middleware { get; init; } = [];

    /// <summary>Opens the listening socket. Any thread may call it; looking up a <see cref="DnsEndPoint"/> blocks.</summary>
    /// <returns>The socket, which the caller owns.</returns>
    /// <exception cref="ListenException">
    /// The address is in use, not permitted, or not one of this machine. The message names it.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="ReusePort"/> is asked for elsewhere than on Linux.</exception>
    public Socket Bind()
    {
        try
        {
            return Open(EndPoint is DnsEndPoint name
                ? new IPEndPoint(Dns.GetHostAddresses(name.Host, name.AddressFamily)[0], name.Port)
                : EndPoint);
        }
        catch (Exception exception) when (IsOfTheAddress(exception)) { throw new ListenException(EndPoint, exception); }
    }

    /// <summary>
    /// Opens several listening sockets of one IP address, among which the system spreads connections, for as many processes. The first is
    /// bound like any other, so that a port in use is an error even where its owner would share it.
    /// </summary>
    /// <param name="count">How many, above zero.</param>
    /// <returns>The sockets, which the caller owns. Where the end point is no IP address there is one, for all.</returns>
    /// <exception cref="ListenException">The address is in use, not permitted, or not one of this machine; none is open then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is not above zero.</exception>
    public IReadOnlyList<Socket> BindGroup(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (EndPoint is not IPEndPoint address)
            return [Bind()];
        try { return OrIPv4(address, chosen => ListenSocket.OpenGroup(chosen, this, count)); }
        catch (Exception exception) when (IsOfTheAddress(exception)) { throw new ListenException(EndPoint, exception); }
    }

    /// <summary>As <see cref="Bind"/>, but looks names up without blocking.</summary>
    /// <param name="endPoint">
    /// What to open, set up as these options say: their own end point, or another socket of the same listener.
    /// </param>
    internal async Task<Socket> BindAsync(EndPoint endPoint)
    {
        try
        {
            return Open(endPoint is DnsEndPoint name
                ? new IPEndPoint((await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily).ConfigureAwait(false))[0], name.Port)
                : endPoint);
        }
        catch (Exception exception) when (IsOfTheAddress(exception)) { throw new ListenException(endPoint, exception); }
    }

    /// <summary>
    /// Puts the middleware in front of what serves the connections. Without any it is that very delegate, so an empty chain costs a
    /// connection nothing.
    /// </summary>
    internal Func<Connection, Task> Chain(Func<Connection, Task> protocol)
    {
        var first = protocol;
        foreach (var middleware in Middleware.Reverse())
        {
            var next = first;
            first = connection => middleware(connection, next);
        }
        return first;
    }

    private static bool IsOfTheAddress(Exception exception) => exception is SocketException or IOException or UnauthorizedAccessException;

    private Socket Open(EndPoint endPoint) =>
        endPoint is IPEndPoint address ? OrIPv4(address, chosen => ListenSocket.Open(chosen, this)) : ListenSocket.Open(endPoint, this);

    private T OrIPv4<T>(IPEndPoint address, Func<IPEndPoint, T> open)
    {
        try
        {
            return open(address);
        }
        catch (SocketException exception) when (FallsBackToIPv4 && address.Address.Equals(IPAddress.IPv6Any)
            && exception.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
        {
            return open(new IPEndPoint(IPAddress.Any, address.Port)); // IPv6 is switched off
        }
    }
}
