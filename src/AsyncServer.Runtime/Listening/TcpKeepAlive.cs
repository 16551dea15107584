using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// How the system finds out that the peer of a silent TCP connection has gone (SO_KEEPALIVE): it sends probes, and breaks the connection
/// when none of them is answered. It has nothing to do with HTTP's keep-alive.
/// </summary>
public sealed class TcpKeepAlive
{
    // Linux takes up to these: tcp(7).
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(32767);
    private const int MostProbes = 127;

    /// <summary>
    /// How long a connection is silent before the first probe: 1 s to 32,767 s, in whole seconds, rounded up. Default: 60 s.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public TimeSpan Time { get; init => field = InRange(value); } = TimeSpan.FromSeconds(60);

    /// <summary>The time between two probes: 1 s to 32,767 s, in whole seconds, rounded up. Default: 10 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public TimeSpan Interval { get; init => field = InRange(value); } = TimeSpan.FromSeconds(10);

    /// <summary>How many probes in a row must stay unanswered: 1 to 127. Default: 6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public int Probes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostProbes);
            field = value;
        }
    } = 6;

    internal void Apply(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)Math.Ceiling(Time.TotalSeconds));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)Math.Ceiling(Interval.TotalSeconds));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    private static TimeSpan InRange(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
        return value;
    }
}
