using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

public sealed class StreamServerTests() : StreamServerContract(TransportKind.Epoll)
{
    // Bug: the loop ended, and with it the service, while the listener stayed bound.
    [Fact]
    public async Task Accept_MemoryRunsOut_PausesReportsOnceASecondAndRecovers()
    {
        var clock = new FakeClock();
        int refusals = int.MaxValue, calls = 0;
        await using var host = new TestHub(clock);
        var server = new StreamServer("127.0.0.1:0",
            static (connection, cancellation) => connection.SendAsync("hi"u8.ToArray(), cancellation).AsTask())
        {
            MaxConnections = 1,
            Accept = (int listener, out PeerAddress peer) =>
            {
                calls++;
                return refusals-- > 0 ? throw new InsufficientMemoryException("no memory") : SocketDescriptor.Accept(listener, out peer);
            },
        };
        await host.RunAsync(server.StartAsync);
        await host.SettleAsync();
        for (int pause = 10, passed = 0; passed < 3000; pause = Math.Min(pause * 2, 1000))
        {
            passed += pause;
            int before = calls;
            clock.Advance(TimeSpan.FromMilliseconds(pause) - TimeSpan.FromTicks(1));
            await host.SettleAsync();
            Assert.Equal(before, calls); // no spin
            clock.Advance(TimeSpan.FromTicks(1));
            await host.SettleAsync();
            Assert.Equal(before + 1, calls);
        }
        Assert.InRange(host.Pauses.Count, 2, 4);
        Assert.All(host.Pauses, static pause => Assert.Equal("no memory", pause.Reason));
        Assert.Empty(host.Failures);

        refusals = 0;
        clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 2; i++) // the only place is free each time
        {
            using var client = Connect(server);
            Assert.Equal("hi"u8.ToArray(), client.ReceiveToEnd());
        }
        Assert.Equal(0, await server.StopAsync().Soon());
    }

    // Bug: a pause that failed for the same reason was tried again in the same stretch, and nothing else on the hub had a turn, so that no
    // memory came back.
    [Fact]
    public async Task Accept_ThePauseFailsToo_OthersHaveTheirTurn()
    {
        bool isShort = true;
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var server = new StreamServer("127.0.0.1:0",
            static (connection, cancellation) => connection.SendAsync("hi"u8.ToArray(), cancellation).AsTask())
        {
            Accept = (int listener, out PeerAddress peer) =>
                isShort ? throw new UnspeakableException(() => isShort) : SocketDescriptor.Accept(listener, out peer),
        };
        await host.RunAsync(server.StartAsync).Soon();
        await host.RunAsync(async () =>
        {
            await Coroutine.Yield();
            isShort = false;
        }).Soon();
        await host.SettleAsync();
        clock.Advance(TimeSpan.FromSeconds(1)); // the pause that has come at last
        using (var client = Connect(server))
            Assert.Equal("hi"u8.ToArray(), client.ReceiveToEnd());
        Assert.Equal(0, await server.StopAsync().Soon());
    }

    /// <summary>To say what it is fails as well, as anything does that needs memory.</summary>
    private sealed class UnspeakableException(Func<bool> isShort) : Exception
    {
        public override string ToString() => isShort() ? throw new UnspeakableException(isShort) : nameof(UnspeakableException);
    }

    [Fact]
    public async Task Stop_WhilePausedForMemory_Ends()
    {
        await using var host = new TestHub(new FakeClock());
        var server = new StreamServer("127.0.0.1:0", static (_, _) => Task.CompletedTask)
        {
            Accept = static (int _, out PeerAddress _) => throw new InsufficientMemoryException(),
        };
        await host.RunAsync(server.StartAsync);
        await host.SettleAsync();
        Assert.Single(host.Pauses);
        Assert.Equal(0, await server.StopAsync(TimeSpan.Zero).Soon());
    }
}

public sealed class ManagedStreamServerTests() : StreamServerContract(TransportKind.Sockets);

/// <summary>gevent: <c>server.StreamServer</c>, <c>baseserver.BaseServer</c>.</summary>
public abstract class StreamServerContract(TransportKind transport)
{
    private static async Task EchoAsync(Connection connection, CancellationToken cancellation)
    {
        byte[] buffer = new byte[100];
        while (await connection.ReceiveAsync(buffer, cancellation) is > 0 and var count)
            await connection.SendAsync(buffer.AsMemory(0, count), cancellation);
    }

    private protected static Socket Connect(StreamServer server)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream,
            ProtocolType.Tcp)
        { ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds };
        client.Connect(server.LocalEndPoint);
        return client;
    }

    [Fact]
    public async Task Serve_Echo_AnswersAndClosesWhenTheHandlerEnds()
    {
        await using var host = new TestHub(transport: transport);
        var server = new StreamServer("127.0.0.1:0", EchoAsync);
        await host.RunAsync(server.StartAsync);
        Assert.NotEqual(0, ((IPEndPoint)server.LocalEndPoint).Port);
        using var client = Connect(server);
        client.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), client.ReceiveExactly(5));
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(client.ReceiveToEnd());
        Assert.Equal(0, await server.StopAsync().Soon());
    }

    [Fact]
    public async Task Serve_OverAGroup_UsesItsHubs()
    {
        await using var hubs = new HubGroup(2, new HubOptions { Transport = transport });
        var seen = new System.Collections.Concurrent.ConcurrentBag<Hub>();
        await using var server = new StreamServer(new IPEndPoint(IPAddress.Loopback, 0), async (connection, cancellation) =>
        {
            seen.Add(Hub.Current!);
            await EchoAsync(connection, cancellation);
        })
        { Hubs = hubs };
        await server.StartAsync().Soon();
        using var first = Connect(server);
        first.Send("a"u8);
        first.ReceiveExactly(1);
        using var second = Connect(server);
        second.Send("a"u8);
        second.ReceiveExactly(1);
        Assert.Equal(2, seen.Distinct().Count());
    }

    [Fact]
    public async Task Handler_Throws_ResetsTheConnectionAndIsReportedOnce()
    {
        await using var host = new TestHub(transport: transport);
        var server = new StreamServer("127.0.0.1:0", (_, _) => throw new InvalidOperationException("a mistake"));
        await host.RunAsync(server.StartAsync);
        using var client = Connect(server);
        var exception = Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        await host.SettleAsync();
        Assert.Equal("a mistake", Assert.Single(host.Failures).Exception.Message);
        await server.StopAsync().Soon();
        Assert.Single(host.Failures);
    }

    [Fact]
    public async Task MaxConnections_Reached_LeavesFurtherOnesInTheBacklog()
    {
        await using var host = new TestHub(transport: transport);
        int served = 0;
        var server = new StreamServer("127.0.0.1:0", async (connection, cancellation) =>
        {
            served++;
            await EchoAsync(connection, cancellation);
        })
        { MaxConnections = 1 };
        await host.RunAsync(server.StartAsync);
        using var first = Connect(server);
        first.Send("a"u8);
        first.ReceiveExactly(1);
        using var second = Connect(server);
        second.Send("b"u8);
        await host.SettleAsync();
        Assert.Equal(1, Volatile.Read(ref served));
        Assert.Equal(1, host.Hub.ConnectionCount);
        first.Dispose();
        Assert.Equal("b"u8.ToArray(), second.ReceiveExactly(1));
        await server.StopAsync(TimeSpan.Zero).Soon();
    }

    [Fact]
    public async Task Stop_HandlersInTime_WaitsForThem()
    {
        await using var host = new TestHub(transport: transport);
        var server = new StreamServer("127.0.0.1:0", EchoAsync);
        await host.RunAsync(server.StartAsync);
        using var client = Connect(server);
        client.Send("a"u8);
        client.ReceiveExactly(1);
        var stopping = server.StopAsync(Timeout.InfiniteTimeSpan);
        await host.SettleAsync();
        Assert.False(stopping.IsCompleted);
        client.Send("b"u8);
        Assert.Equal("b"u8.ToArray(), client.ReceiveExactly(1));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stopping.Soon());
    }

    [Fact]
    public async Task Stop_HandlersTooSlow_KillsThemWhenTheTimeIsOver()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock, transport: transport);
        bool hasEnded = false;
        var server = new StreamServer("127.0.0.1:0", async (_, cancellation) =>
        {
            try { await Coroutine.Sleep(Timeout.InfiniteTimeSpan, cancellation); }
            finally { hasEnded = true; }
        });
        await host.RunAsync(server.StartAsync);
        using var client = Connect(server);
        await Until.TrueAsync(() => host.Hub.ConnectionCount == 1, "accepted");
        var stopping = server.StopAsync(TimeSpan.FromSeconds(5));
        int seconds = 0;
        for (; !stopping.IsCompleted; seconds++)
        {
            Assert.True(seconds >= 5 || !hasEnded, "killed too early");
            clock.Advance(TimeSpan.FromSeconds(1));
            await host.SettleAsync();
        }
        Assert.True(seconds >= 5, "stopped too early");
        Assert.Equal(1, await stopping.Soon());
        Assert.True(hasEnded);
        Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
    }

    [Fact]
    public async Task Stop_HandlerThatCannotBeKilled_IsAbandonedAndItsConnectionReset()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock, transport: transport);
        var foreign = new TaskCompletionSource();
        var server = new StreamServer("127.0.0.1:0", (_, _) => foreign.Task);
        await host.RunAsync(server.StartAsync);
        using var client = Connect(server);
        await Until.TrueAsync(() => host.Hub.ConnectionCount == 1, "accepted");
        await host.SettleAsync();
        var stopping = server.StopAsync(TimeSpan.Zero);
        while (!stopping.IsCompleted)
        {
            await host.SettleAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(1, await stopping.Soon());
        _ = Assert.Single(host.Abandoned);
        Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
        foreign.SetResult();
    }

    [Fact]
    public async Task ServeForever_Stopped_Ends()
    {
        await using var host = new TestHub(transport: transport);
        var server = new StreamServer("127.0.0.1:0", EchoAsync);
        var serving = host.Hub.InvokeAsync(() => server.ServeForeverAsync());
        await host.SettleAsync();
        Assert.False(serving.IsCompleted);
        await server.StopAsync().Soon();
        await serving.Soon();
    }

    [Fact]
    public async Task ServeForever_Cancelled_Stops()
    {
        await using var host = new TestHub(transport: transport);
        using var cancellation = new CancellationTokenSource();
        var server = new StreamServer("127.0.0.1:0", EchoAsync);
        var serving = host.Hub.InvokeAsync(() => server.ServeForeverAsync(cancellation.Token));
        await host.SettleAsync();
        cancellation.Cancel();
        await serving.Soon();
        Assert.False(IsListening(server));
        await Assert.ThrowsAsync<ObjectDisposedException>(server.StartAsync);
    }

    [Fact]
    public async Task Start_PortInUse_NamesTheAddress()
    {
        await using var host = new TestHub(transport: transport);
        var first = new StreamServer("127.0.0.1:0", EchoAsync);
        await host.RunAsync(first.StartAsync);
        await using var second = new StreamServer(first.LocalEndPoint, EchoAsync);
        var exception = await Assert.ThrowsAsync<ListenException>(() => host.RunAsync(second.StartAsync));
        Assert.StartsWith($"Cannot listen on {first.LocalEndPoint}: ", exception.Message);
        await first.StopAsync().Soon();
    }

    [Fact]
    public async Task Start_NotOnAHub_SaysWhatIsNeeded()
    {
        await using var server = new StreamServer("127.0.0.1:0", EchoAsync);
        Assert.Contains("Hub.Run", (await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync)).Message);
        Assert.Throws<InvalidOperationException>(() => server.LocalEndPoint);
        Assert.Throws<FormatException>(() => new StreamServer("nowhere", EchoAsync));
    }

    private static bool IsListening(StreamServer server)
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Connect(server.LocalEndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
