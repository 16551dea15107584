using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

/// <summary>What holds over every transport.</summary>
public abstract class SocketListenerContract(TransportKind transport)
{
    [Fact]
    public async Task Accept_BurstOfFiveHundred_TakesAll()
    {
        await using var server = await StartAsync(GreetAsync);
        var clients = new ConcurrentBag<Socket>();
        for (int i = 0; i < 500; i++)
            clients.Add(server.Connect());
        foreach (var client in clients)
            client.ReceiveExactly(2);
        Assert.Equal(500, server.Host.Hub.ConnectionCount);
    }

    [Fact]
    public async Task Drain_BacklogIsFull_IsTakenFirst()
    {
        await using var server = await StartAsync(GreetAsync, acceptNow: false);
        var clients = Enumerable.Range(0, 150).Select(_ => server.Connect()).ToArray();
        server.Host.Hub.Drain();
        await server.Host.SettleAsync();
        Assert.False(server.Host.Hub.Drained.IsCompleted); // Bug: the drain was over before the backlog was looked at
        await server.Host.RunAsync(() => server.Accept(GreetAsync));
        foreach (var client in clients)
        {
            client.ReceiveExactly(2);
            client.Shutdown(SocketShutdown.Send);
        }
        await server.Host.Hub.Drained.Soon();
        Assert.Throws<SocketException>(() => server.Connect());
        Assert.True(server.Accepting.IsCompleted);
    }

    // Bug: a listener that came to a draining hub accepted as long as the hub lived.
    [Fact]
    public async Task Attach_HubDrainsAlready_ClosesOnceItsBacklogIsTaken()
    {
        await using var host = new TestHub(transport: transport);
        host.Hub.Drain();
        await host.RunAsync(async () =>
        {
            var listener = SocketListener.Attach(host.Hub, SocketListener.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
            Assert.False((await listener.AcceptAsync()).IsOpen);
        });
    }

    // Bug: a hub without connections counted as drained while another's listener still handed it some, which the stop then reset.
    [Fact]
    public async Task DrainAsync_BacklogGoesToAnotherHub_WaitsForIt()
    {
        var descriptors = Descriptors.Take();
        await using (var group = new HubGroup(2, new HubOptions { Transport = transport }))
        {
            group.Start();
            SocketListener? listener = null;
            await group.Hubs[1].InvokeAsync(() =>
            {
                listener = SocketListener.Attach(group.Hubs[1], SocketListener.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
                return Task.CompletedTask;
            }).Soon();
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
            client.Connect(listener!.LocalEndPoint);
            var draining = group.DrainAsync(TestHub.Patience, TestContext.Current.CancellationToken);
            foreach (var hub in group.Hubs)
                await hub.SettleAsync().Soon();
            Assert.False(draining.IsCompleted);
            await group.Hubs[1].InvokeAsync(async () =>
            {
                while (await listener.AcceptAsync() is { IsOpen: true } accepted)
                    accepted.Connect(group.Hubs[0], GreetAsync);
            }).Soon();
            client.ReceiveExactly(2);
            Assert.False(draining.IsCompleted);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await draining.Soon());
        }
        await descriptors.AssertNoneLeakedAsync();
    }

    [Fact]
    public async Task Use_OffTheHub_ThrowsAndNamesPost()
    {
        await using var server = await StartAsync(GreetAsync, acceptNow: false);
        // Bug: both changed the hub's table from a thread that is not its own
        Assert.Contains("Hub.Post", Assert.Throws<InvalidOperationException>(server.Listener.Close).Message, StringComparison.Ordinal);
        var socket = SocketListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Throws<InvalidOperationException>(() => SocketListener.Attach(server.Host.Hub, socket));
        Assert.True(socket.SafeHandle.IsClosed); // it was the listener's already
    }

    [Fact]
    public async Task Bind_PortInUse_Throws()
    {
        await using var server = await StartAsync(GreetAsync);
        Assert.Equal(SocketError.AddressAlreadyInUse,
            Assert.Throws<SocketException>(() => SocketListener.Bind(server.EndPoint)).SocketErrorCode);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1", "::1")]
    [InlineData("::", "::1", "::1")]
    [InlineData("::", "127.0.0.1", "127.0.0.1")]
    public async Task Accept_AddressFamily_EndPointsAreTheClients(string bind, string connect, string expected)
    {
        var seen = new TaskCompletionSource<(EndPoint? Local, EndPoint? Remote)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            connection =>
            {
                seen.SetResult((connection.LocalEndPoint, connection.RemoteEndPoint));
                connection.Close();
                return Task.CompletedTask;
            },
            at: new IPEndPoint(IPAddress.Parse(bind), 0));
        var client = server.Connect(IPAddress.Parse(connect));
        var (local, remote) = await seen.Task.Soon();
        Assert.Equal(new IPEndPoint(IPAddress.Parse(expected), server.EndPoint.Port), local);
        Assert.Equal(client.LocalEndPoint, remote);
    }

    [Fact]
    public async Task Accept_ClientsReset_BeforeAndAfter_NothingLeaks()
    {
        await using var server = await StartAsync(GreetAsync);
        for (int i = 0; i < 300; i++)
            server.Connect().Reset();
        var client = server.Connect();
        client.ReceiveExactly(2);
        await Until.TrueAsync(() => server.Host.Hub.ConnectionCount == 1, "the others are gone");
    }

    protected static async Task GreetAsync(Connection connection)
    {
        using (connection)
        {
            connection.Send("hi"u8);
            while (await connection.WaitReadableAsync())
            {
                if (connection.Receive(new byte[16]).Status is TransferStatus.EndOfStream or TransferStatus.Broken)
                    return;
            }
        }
    }

    private Task<SocketServer> StartAsync(Func<Connection, Task> handle, IPEndPoint? at = null, bool acceptNow = true) =>
        SocketServer.StartAsync(handle, at, acceptNow: acceptNow, transport: transport);
}
