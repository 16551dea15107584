using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

[Collection(Descriptors.Name)]
public sealed class SocketListenerTests
{
    private const int TooManyFiles = 24;
    private const int HostUnreachable = 113;
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Accept_BurstOfFiveHundred_TakesAll()
    {
        await using var server = await SocketServer.StartAsync(GreetAsync);
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
        await using var server = await SocketServer.StartAsync(GreetAsync, acceptNow: false);
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
        await using var host = new TestHub();
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
        await using (var group = new HubGroup(2))
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
    public async Task Accept_DescriptorsRunOut_PausesReportsOnceASecondAndRecovers()
    {
        int refusals = int.MaxValue, calls = 0;
        var evicted = new ConcurrentQueue<int>();
        await using var server = await SocketServer.StartAsync(
            GreetAsync,
            accept: (int listener, out PeerAddress peer) =>
            {
                calls++;
                peer = default;
                return refusals-- > 0 ? -TooManyFiles : SocketDescriptor.Accept(listener, out peer);
            },
            shortage: evicted.Enqueue,
            clock: _clock);
        await server.Host.SettleAsync();
        var client = server.Connect();
        Assert.Equal(1, calls);
        Assert.Equal(TimeSpan.FromMilliseconds(10), Assert.Single(server.Host.Pauses).Pause);

        for (int pause = 10, passed = 0; passed < 3000; pause = Math.Min(pause * 2, 1000))
        {
            passed += pause;
            int before = calls;
            _clock.Advance(TimeSpan.FromMilliseconds(pause) - TimeSpan.FromTicks(1));
            await server.Host.SettleAsync();
            Assert.Equal(before, calls); // no spin
            _clock.Advance(TimeSpan.FromTicks(1));
            await server.Host.SettleAsync();
            Assert.Equal(before + 1, calls);
        }
        Assert.InRange(server.Host.Pauses.Count, 2, 4);
        Assert.Equal(calls, evicted.Count);

        refusals = 0;
        _clock.Advance(TimeSpan.FromSeconds(1));
        client.ReceiveExactly(2);
        server.Connect().ReceiveExactly(2);
    }

    // Bug: an error of one connection, which accept(2) passes on, paused the listener and ended idle connections of others.
    [Fact]
    public async Task Accept_OneConnectionFailed_TakesTheNextAtOnce()
    {
        var errors = new Queue<int>([103, 71, 4, HostUnreachable]);
        await using var server = await SocketServer.StartAsync(
            GreetAsync,
            accept: (int listener, out PeerAddress peer) =>
            {
                peer = default;
                return errors.TryDequeue(out int error) ? -error : SocketDescriptor.Accept(listener, out peer);
            },
            shortage: static _ => throw new InvalidOperationException("nothing is short"),
            clock: _clock);
        server.Connect().ReceiveExactly(2);
        Assert.Empty(server.Host.Pauses);
        Assert.Empty(server.Host.Failures);
    }

    // Bug: the accept loop ended with the error of the epoll_ctl after its pause.
    [Fact]
    public async Task Accept_PollerRefusesAfterThePause_TriesAgain()
    {
        FakePoller? poller = null;
        int refusals = 1;
        await using var server = await SocketServer.StartAsync(
            static _ => Task.CompletedTask,
            accept: (int listener, out PeerAddress peer) =>
            {
                peer = default;
                return refusals-- > 0 ? -TooManyFiles : -11;
            },
            clock: _clock,
            poller: () => poller = new FakePoller(isEdgeTriggered: true));
        await server.Host.SettleAsync();
        Assert.Empty(poller!.Watched);
        poller.Refused = "Add";
        for (int i = 0; i < 5; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await server.Host.SettleAsync();
            Assert.False(server.Accepting.IsCompleted);
        }
        poller.Refused = "";
        _clock.Advance(TimeSpan.FromSeconds(1));
        await server.Host.SettleAsync();
        Assert.Single(poller.Watched);
        Assert.False(server.Accepting.IsCompleted);
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Stop_WhilePaused_EndsTheAcceptLoopWell()
    {
        var server = await SocketServer.StartAsync(
            GreetAsync,
            accept: static (int _, out PeerAddress peer) =>
            {
                peer = default;
                return -TooManyFiles;
            },
            clock: _clock);
        await server.Host.SettleAsync();
        await server.DisposeAsync();
        Assert.True(server.Accepting.IsCompleted);
        Assert.Null(server.Accepting.Exception);
    }

    [Fact]
    public async Task Use_OffTheHub_ThrowsAndNamesPost()
    {
        await using var server = await SocketServer.StartAsync(GreetAsync, acceptNow: false);
        // Bug: both changed the hub's table from a thread that is not its own
        Assert.Contains("Hub.Post", Assert.Throws<InvalidOperationException>(server.Listener.Close).Message, StringComparison.Ordinal);
        var socket = SocketListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Throws<InvalidOperationException>(() => SocketListener.Attach(server.Host.Hub, socket));
        Assert.True(socket.SafeHandle.IsClosed); // it was the listener's already
    }

    [Fact]
    public async Task Bind_PortInUse_Throws()
    {
        await using var server = await SocketServer.StartAsync(GreetAsync);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => SocketListener.Bind(server.EndPoint)).SocketErrorCode);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1", "::1")]
    [InlineData("::", "::1", "::1")]
    [InlineData("::", "127.0.0.1", "127.0.0.1")]
    public async Task Accept_AddressFamily_EndPointsAreTheClients(string bind, string connect, string expected)
    {
        var seen = new TaskCompletionSource<(EndPoint? Local, EndPoint? Remote)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await SocketServer.StartAsync(
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
        await using var server = await SocketServer.StartAsync(GreetAsync);
        for (int i = 0; i < 300; i++)
            server.Connect().Reset();
        var client = server.Connect();
        client.ReceiveExactly(2);
        await Until.TrueAsync(() => server.Host.Hub.ConnectionCount == 1, "the others are gone");
    }

    private static async Task GreetAsync(Connection connection)
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
}
