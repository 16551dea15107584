using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

/// <summary>What all servers have in common: listeners with options of their own, which go along with every socket.</summary>
public sealed class ConnectionServerTests
{
    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Start_SeveralListeners_EachConnectionGoesToTheProtocolOfItsOwn()
    {
        await using var hubs = new HubGroup(2);
        using var server = Greeting(hubs, Listener(11), Listener(22));
        await server.StartAsync().Soon();
        Assert.Equal("11", Ask(server.EndPoints[0]));
        Assert.Equal("22", Ask(server.EndPoints[1]));
    }

    [Fact]
    public async Task Start_OneAddressInUse_OpensNoneAndNamesIt()
    {
        await using var hubs = new HubGroup(1);
        using var taken = SocketListener.Bind(AnyPort);
        var free = FreePort();
        using var server = Greeting(hubs, new ListenOptions { EndPoint = free }, new ListenOptions { EndPoint = taken.LocalEndPoint! });
        Assert.Equal(taken.LocalEndPoint, (await Assert.ThrowsAsync<ListenException>(server.StartAsync)).EndPoint);
        using var again = SocketListener.Bind(free);
        Assert.Empty(server.EndPoints);
    }

    [Fact]
    public async Task Middleware_OfOneListener_RunsInOrderBeforeItsProtocol()
    {
        await using var hubs = new HubGroup(1);
        using var server = Greeting(hubs, Listener(11, Say("a"), Say("b")), Listener(22));
        await server.StartAsync().Soon();
        Assert.Equal("ab11", Ask(server.EndPoints[0]));
        Assert.Equal("22", Ask(server.EndPoints[1]));
    }

    [Fact]
    public void Middleware_None_IsTheProtocolItself()
    {
        Func<Connection, Task> protocol = static _ => Task.CompletedTask;
        Assert.Same(protocol, new ListenOptions { EndPoint = AnyPort }.Chain(protocol));
    }

    [Fact]
    public async Task Refusal_BeyondTheLimit_GoesThroughTheMiddlewareToo()
    {
        await using var hubs = new HubGroup(1);
        using var server = new ConnectionServer(new ConnectionServerOptions
        {
            Hubs = hubs,
            Listen = [new ListenOptions { EndPoint = AnyPort, Middleware = [Say("a")] }],
            MaxConnections = 1,
            Protocol = static _ => HoldAsync,
            Refusal = static _ => static connection => SayAsync(connection, "full"),
        });
        await server.StartAsync().Soon();
        using var first = Connect(server.EndPoints[0]);
        first.ReceiveExactly(1);
        Assert.Equal("afull", Ask(server.EndPoints[0]));
    }

    [Fact]
    public async Task TakeConnection_ComesBeforeTheMiddleware_WhichRunsWhereTheListenerIsNamed()
    {
        await using var hubs = new HubGroup(1);
        var taken = new System.Collections.Concurrent.ConcurrentQueue<AcceptedSocket>();
        ListenOptions[] listen = [Listener(11), Listener(22, Say("a"))];
        using var accepting = new ConnectionServer(new ConnectionServerOptions
        {
            Hubs = hubs,
            Listen = listen,
            Protocol = static _ => static _ => throw new InvalidOperationException("the accepting process serves nobody"),
            TakeConnection = client =>
            {
                taken.Enqueue(client);
                return Task.CompletedTask;
            },
        });
        await accepting.StartAsync().Soon();
        using var serving = Greeting(hubs, listen);
        foreach (var (listener, expected) in ((int, string)[])[(1, "a22"), (0, "11")])
        {
            using var client = Connect(accepting.EndPoints[listener]);
            AcceptedSocket accepted = default;
            await Until.TrueAsync(() => taken.TryDequeue(out accepted), "accepted");
            Assert.Equal(listener, accepted.Listener);
            serving.Serve(accepted);
            Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(client.ReceiveToEnd()));
        }
    }

    [Theory]
    [InlineData(AcceptedSocket.UnknownListener)]
    [InlineData(1)]
    public async Task Serve_ListenerThatThereIsNot_RefusesAndCloses(int listener)
    {
        await using var hubs = new HubGroup(1);
        hubs.Start();
        using var server = Greeting(hubs, new ListenOptions { EndPoint = AnyPort });
        using var listening = SocketListener.Bind(AnyPort);
        using var client = Connect(listening.LocalEndPoint!);
        listening.Blocking = true;
        var accepted = AcceptedSocket.Inherit(SocketDescriptor.Accept((int)listening.Handle, out _), listener);
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => server.Serve(accepted));
        Assert.Contains($"listener {listener}, and this server has 1 of them", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Receive(new byte[1]));
        Assert.Equal(0, hubs.ConnectionCount);
    }

    [Fact]
    public async Task Listen_SocketOfAListener_ServesItByThatListenersOptionsUntilDisposed()
    {
        await using var hubs = new HubGroup(1);
        using var server = Greeting(hubs, Listener(11), Listener(22));
        await server.StartAsync().Soon();
        var (descriptor, endPoint) = DetachedListener();
        await using (await server.ListenAsync(new DescriptorEndPoint(descriptor), 1).Soon())
            Assert.Equal("22", Ask(endPoint));
        Assert.Throws<SocketException>(() => Connect(endPoint));
        Assert.Equal(2, server.EndPoints.Count);
    }

    [Fact]
    public async Task Listen_SocketOfAListenerThatThereIsNot_RefusesAndCloses()
    {
        await using var hubs = new HubGroup(1);
        using var server = Greeting(hubs, new ListenOptions { EndPoint = AnyPort });
        await server.StartAsync().Soon();
        var (descriptor, endPoint) = DetachedListener();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => server.ListenAsync(new DescriptorEndPoint(descriptor), 1));
        Assert.Throws<SocketException>(() => Connect(endPoint));
    }

    [Fact]
    public async Task Stop_NeverStarted_AllowsNoStart()
    {
        await using var hubs = new HubGroup(1);
        using var server = Greeting(hubs, new ListenOptions { EndPoint = AnyPort });
        Assert.Equal(3, await server.StopAsync(static () => Task.FromResult(3)));
        Assert.Equal(3, await server.StopAsync(static () => Task.FromResult(4)));
        Assert.Throws<ObjectDisposedException>(() => { _ = server.StartAsync(); });
    }

    // Its connections are told the backlog of their listener, which serves here to tell listeners apart.
    private static ConnectionServer Greeting(HubGroup hubs, params ListenOptions[] listen) => new(new ConnectionServerOptions
    {
        Hubs = hubs,
        Listen = listen,
        Protocol = static listener => connection => SayAsync(connection, $"{listener.Backlog}"),
    });

    private static ListenOptions Listener(int backlog, params ConnectionMiddleware[] middleware) =>
        new() { EndPoint = AnyPort, Backlog = backlog, Middleware = middleware };

    private static async Task SayAsync(Connection connection, string text)
    {
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        connection.Close();
    }

    private static async Task HoldAsync(Connection connection)
    {
        byte[] buffer = new byte[16];
        while (await connection.ReceiveAsync(buffer) > 0)
        {
        }
        connection.Close();
    }

    private static ConnectionMiddleware Say(string text) => async (connection, next) =>
    {
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        await next(connection);
    };

    // As it comes from another process: nothing here but the descriptor holds it open.
    private static (int Descriptor, EndPoint EndPoint) DetachedListener()
    {
        var socket = SocketListener.Bind(AnyPort);
        var endPoint = socket.LocalEndPoint!;
        int descriptor = FileDescriptor.DuplicateFrom((int)socket.Handle, 0);
        socket.Dispose();
        return (descriptor, endPoint);
    }

    private static EndPoint FreePort()
    {
        using var probe = SocketListener.Bind(AnyPort);
        return probe.LocalEndPoint!;
    }

    private static Socket Connect(EndPoint endPoint)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds,
        };
        client.Connect(endPoint);
        return client;
    }

    private static string Ask(EndPoint endPoint)
    {
        using var client = Connect(endPoint);
        return System.Text.Encoding.ASCII.GetString(client.ReceiveToEnd());
    }
}
