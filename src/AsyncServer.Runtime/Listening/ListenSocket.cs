using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>Opens listening sockets of each kind.</summary>
internal static class ListenSocket
{
    // What a socket takes beyond what it can send at once (ADR 0014): one more look at a slow reader costs less than megabytes that wait
    // for it.
    private const int UnsentLimit = 32 * 1024;

    /// <param name="endPoint">That of the options, or what it stands for.</param>
    /// <param name="options">How the socket is set up.</param>
    internal static Socket Open(EndPoint endPoint, ListenOptions options) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => OpenUnix(unix, options),
        DescriptorEndPoint inherited => Adopt(inherited, options),
        BoundSocketEndPoint bound => Adopt(bound.Socket, options),
        _ => OpenInternet(endPoint, options, options.ReusePort ? BindShared : static (socket, address) => socket.Bind(address)),
    };

    /// <summary>Opens all of them, or none.</summary>
    internal static async Task<List<Socket>> OpenAllAsync(IEnumerable<ListenOptions> listeners)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (var listener in listeners)
                sockets.Add(await listener.BindAsync(listener.EndPoint).ConfigureAwait(false));
            return sockets;
        }
        catch
        {
            sockets.ForEach(static socket => socket.Dispose());
            throw;
        }
    }

    /// <summary>Closes a socket that is open already and will not be listened on; other end points have none.</summary>
    internal static void Close(EndPoint endPoint)
    {
        if (endPoint is DescriptorEndPoint inherited)
            new SafeSocketHandle(inherited.Descriptor, ownsHandle: true).Dispose();
        else if (endPoint is BoundSocketEndPoint bound)
            bound.Socket.Dispose();
    }

    internal static IReadOnlyList<Socket> OpenGroup(IPEndPoint endPoint, ListenOptions options, int count)
    {
        var group = new List<Socket>();
        try
        {
            // Bound like any other, so that an address in use is an error even when its owner would share it; from then on it shares.
            group.Add(OpenInternet(endPoint, options, static (socket, address) =>
            {
                socket.Bind(address);
                Share(socket);
            }));
            while (group.Count < count)
                group.Add(OpenInternet(group[0].LocalEndPoint!, options, BindShared));
            return group;
        }
        catch
        {
            group.ForEach(static socket => socket.Dispose());
            throw;
        }
    }

    // Accepted sockets inherit these: no call for each of them.
    private static void Tune(Socket socket, ListenOptions options)
    {
        socket.NoDelay = options.NoDelay;
        options.KeepAlive?.Apply(socket);
        if (NativeCalls.AreUsed)
            SocketDescriptor.LimitUnsent((int)socket.Handle, UnsentLimit);
    }

    private static void BindShared(Socket socket, EndPoint address)
    {
        Share(socket);
        socket.Bind(address);
    }

    // Only Linux spreads connections among the sockets that share an address.
    private static void Share(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Listening on one address with several sockets (SO_REUSEPORT) needs Linux.");
        socket.SetRawSocketOption(Libc.SocketLevel, Libc.SharePortOption, BitConverter.GetBytes(1));
    }

    private static Socket OpenInternet(EndPoint endPoint, ListenOptions options, Action<Socket, EndPoint> bind)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } address)
                socket.DualMode = address.Address.Equals(IPAddress.IPv6Any);
            Tune(socket, options);
            bind(socket, endPoint);
            return Listen(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket OpenUnix(UnixDomainSocketEndPoint endPoint, ListenOptions options)
    {
        string path = endPoint.ToString();
        RemoveStale(endPoint, path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            if (options.UnixSocketMode is { } mode && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, mode); // before listen: nobody connects with the wider mode
            return Listen(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A socket file outlives a killed server. Nobody answers there: replace it. Somebody does, or it is no socket: leave it.
    private static void RemoveStale(UnixDomainSocketEndPoint endPoint, string path)
    {
        if (!File.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            // Not ours to judge (a full backlog, no permission): the bind says what is wrong.
        }
        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    // Connecting to a regular file is refused too, but that can be opened and a socket cannot (ENXIO).
    private static bool IsSocket(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // a folder, or not ours
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static Socket Adopt(DescriptorEndPoint inherited, ListenOptions options)
    {
        if (OperatingSystem.IsWindows())
            throw new SocketException((int)SocketError.OperationNotSupported);
        var socket = new Socket(new SafeSocketHandle(inherited.Descriptor, ownsHandle: true));
        if (NativeCalls.AreUsed)
            SocketDescriptor.CloseOnExec(inherited.Descriptor); // held by a child, it would listen on when the server has ended
        return Adopt(socket, options);
    }

    private static Socket Adopt(Socket socket, ListenOptions options)
    {
        try
        {
            if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                Tune(socket, options);
            return Listen(socket, options); // listening again only sets the backlog
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Listen(Socket socket, ListenOptions options)
    {
        socket.Listen(options.Backlog);
        socket.Blocking = false;
        return socket;
    }
}
