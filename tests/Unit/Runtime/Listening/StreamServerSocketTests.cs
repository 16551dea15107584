using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

/// <summary>What a stream server listens on, and the options of its sockets.</summary>
public sealed class StreamServerSocketTests
{
    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Socket_BoundByTheProgram_IsServedAndClosedWithTheServer()
    {
        await using var host = new TestHub();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(AnyPort);
        var endPoint = socket.LocalEndPoint!;
        var server = new StreamServer(socket, GreetAsync);
        await host.RunAsync(server.StartAsync);
        Assert.Equal(endPoint, server.LocalEndPoint);
        Assert.Equal("hi"u8.ToArray(), Ask(endPoint));
        await server.StopAsync().Soon();
        Assert.Throws<SocketException>(() => Connect(endPoint));
        Assert.Throws<ObjectDisposedException>(() => socket.Listen());
    }

    [Fact]
    public void Socket_NotBound_IsRefusedAtOnce()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<ArgumentException>(() => new StreamServer(socket, GreetAsync));
    }

    [Fact]
    public async Task Descriptor_Inherited_IsServed()
    {
        await using var host = new TestHub();
        using var opened = SocketListener.Bind(AnyPort);
        int descriptor = FileDescriptor.DuplicateFrom((int)opened.Handle, 0);
        var server = new StreamServer(new DescriptorEndPoint(descriptor), GreetAsync);
        await host.RunAsync(server.StartAsync);
        Assert.Equal("hi"u8.ToArray(), Ask(opened.LocalEndPoint!));
        await server.StopAsync().Soon();
    }

    [Fact]
    public void ActivatedSockets_ForThisProcess_AreTakenOnceWithTheirNames()
    {
        Set(Environment.ProcessId, 3, "web:admin");
        var sockets = ActivatedSockets.Take();
        Assert.Equal([(3, "web"), (4, "admin"), (5, null)], sockets.Select(static socket => (socket.Descriptor, socket.Name)));
        Assert.Null(Environment.GetEnvironmentVariable("LISTEN_FDS"));
        Assert.Null(Environment.GetEnvironmentVariable("LISTEN_FDNAMES"));
        Assert.Empty(ActivatedSockets.Take());
    }

    [Fact]
    public void ActivatedSockets_ForAnotherProcess_AreLeft()
    {
        Set(1, 2, "web:admin");
        Assert.Empty(ActivatedSockets.Take());
    }

    [Fact]
    public async Task ReusePort_TwoServersOnOnePort_BothServe()
    {
        await using var host = new TestHub();
        var served = new HashSet<int>();
        StreamServer Make(EndPoint endPoint, int number) => new(endPoint, (_, _) =>
        {
            served.Add(number);
            return Task.CompletedTask;
        })
        { ReusePort = true };
        var first = Make(AnyPort, 1);
        await host.RunAsync(first.StartAsync);
        var second = Make(first.LocalEndPoint, 2);
        await host.RunAsync(second.StartAsync);
        await Until.TrueAsync(() =>
        {
            Ask(first.LocalEndPoint);
            return served.Count == 2; // both are on this hub, which has ended the connection
        }, "the system gives each of them some");
        await first.StopAsync().Soon();
        await second.StopAsync().Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoDelay_AsAskedFor_HoldsForConnections(bool noDelay)
    {
        using var accepted = await AcceptedAsync(accept => new StreamServer(AnyPort, GreetAsync) { NoDelay = noDelay, Accept = accept });
        Assert.Equal(noDelay, accepted.NoDelay);
        Assert.Equal(0, (int)accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
    }

    [Fact]
    public async Task KeepAlive_AsAskedFor_HoldsForConnections()
    {
        var keepAlive = new TcpKeepAlive { Time = TimeSpan.FromSeconds(99.5), Interval = TimeSpan.FromSeconds(7), Probes = 3 };
        using var accepted = await AcceptedAsync(
            accept => new StreamServer(AnyPort, GreetAsync) { KeepAlive = keepAlive, Accept = accept });
        Assert.NotEqual(0, (int)accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(100, (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
        Assert.Equal(7, (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!);
        Assert.Equal(3, (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!);
    }

    [Fact]
    public void KeepAlive_OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpKeepAlive { Time = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpKeepAlive { Interval = TimeSpan.FromSeconds(40_000) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpKeepAlive { Probes = 0 });
    }

    // The socket of a connection, for a look at its options.
    private static async Task<Socket> AcceptedAsync(Func<SocketListener.AcceptCall, StreamServer> make)
    {
        await using var host = new TestHub();
        int copy = -1;
        var server = make((int listener, out PeerAddress peer) =>
        {
            int descriptor = SocketDescriptor.Accept(listener, out peer);
            if (descriptor >= 0)
                copy = FileDescriptor.DuplicateFrom(descriptor, 0);
            return descriptor;
        });
        await host.RunAsync(server.StartAsync);
        using (var client = Connect(server.LocalEndPoint))
            client.ReceiveExactly(2);
        await server.StopAsync().Soon();
        return new Socket(new SafeSocketHandle(copy, ownsHandle: true));
    }

    private static void Set(int process, int count, string names)
    {
        Environment.SetEnvironmentVariable("LISTEN_PID", $"{process}");
        Environment.SetEnvironmentVariable("LISTEN_FDS", $"{count}");
        Environment.SetEnvironmentVariable("LISTEN_FDNAMES", names);
    }

    private static async Task GreetAsync(Connection connection, CancellationToken cancellation) =>
        await connection.SendAsync("hi"u8.ToArray(), cancellation);

    private static Socket Connect(EndPoint endPoint)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds,
        };
        client.Connect(endPoint);
        return client;
    }

    private static byte[] Ask(EndPoint endPoint)
    {
        using var client = Connect(endPoint);
        return client.ReceiveToEnd();
    }
}
