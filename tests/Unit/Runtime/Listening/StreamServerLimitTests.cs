using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

/// <summary>Stream servers with a thread for each connection, and connections beyond their limit.</summary>
[Collection(Descriptors.Name)]
public sealed class StreamServerLimitTests
{
    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    private static HubGroup Threads(TimeProvider? clock = null) =>
        new(1, new HubOptions { TimeProvider = clock ?? TimeProvider.System }, new ConnectionThreadOptions());

    [Fact]
    public async Task Threads_HandlersBlock_EachHasAThreadOfItsOwn()
    {
        using var mayEnd = new ManualResetEventSlim();
        var threads = new System.Collections.Concurrent.ConcurrentBag<int>();
        await using var hubs = Threads();
        await using var server = new StreamServer(AnyPort, async (connection, cancellation) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await connection.SendAsync("a"u8.ToArray(), cancellation);
            mayEnd.Wait(TestHub.Patience, CancellationToken.None);
        })
        { Hubs = hubs };
        await server.StartAsync().Soon();
        using var first = Connect(server);
        using var second = Connect(server);
        first.ReceiveExactly(1);
        second.ReceiveExactly(1); // although the first one blocks
        Assert.Equal(2, threads.Distinct().Count());
        mayEnd.Set();
        Assert.Empty(first.ReceiveToEnd());
        Assert.Empty(second.ReceiveToEnd());
        Assert.Equal(0, await server.StopAsync().Soon());
        await Until.TrueAsync(() => hubs.ConnectionCount == 0, "connections ended");
    }

    [Fact]
    public async Task Threads_Stop_WaitsForHandlers()
    {
        await using var hubs = Threads();
        await using var server = new StreamServer(AnyPort, EchoAsync) { Hubs = hubs };
        await server.StartAsync().Soon();
        using var client = Connect(server);
        client.Send("a"u8);
        client.ReceiveExactly(1);
        var stopping = server.StopAsync(Timeout.InfiniteTimeSpan);
        await hubs.Hubs[0].SettleAsync().Soon();
        Assert.False(stopping.IsCompleted);
        client.Send("b"u8);
        client.ReceiveExactly(1);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stopping.Soon());
    }

    [Fact]
    public async Task Threads_StopWhenTheTimeIsOver_KillsHandlers()
    {
        await using var hubs = Threads();
        bool hasEnded = false;
        await using var server = new StreamServer(AnyPort, async (connection, cancellation) =>
        {
            await connection.SendAsync("a"u8.ToArray(), cancellation);
            try { await Coroutine.Sleep(Timeout.InfiniteTimeSpan, cancellation); }
            finally { hasEnded = true; }
        })
        { Hubs = hubs };
        await server.StartAsync().Soon();
        using var client = Connect(server);
        client.ReceiveExactly(1);
        Assert.Equal(1, await server.StopAsync(TimeSpan.Zero).Soon());
        Assert.True(hasEnded);
        Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
    }

    [Fact]
    public async Task Threads_StopWhileAHandlerBlocks_CountsItAndEnds()
    {
        var clock = new FakeClock();
        using var mayEnd = new ManualResetEventSlim();
        await using var hubs = Threads(clock);
        await using var server = new StreamServer(AnyPort, async (connection, cancellation) =>
        {
            await connection.SendAsync("a"u8.ToArray(), cancellation);
            mayEnd.Wait(TestHub.Patience, CancellationToken.None);
        })
        { Hubs = hubs };
        await server.StartAsync().Soon();
        using (var client = Connect(server))
        {
            client.ReceiveExactly(1);
            var stopping = server.StopAsync(TimeSpan.Zero);
            while (!stopping.IsCompleted)
            {
                await hubs.Hubs[0].SettleAsync().Soon();
                clock.Advance(TimeSpan.FromSeconds(1));
            }
            Assert.Equal(1, await stopping);
            mayEnd.Set();
        }
        await Until.TrueAsync(() => hubs.ConnectionCount == 0, "connections ended");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refusal_BeyondTheLimit_IsSaidAndTheConnectionEnds(bool haveThreads)
    {
        await using var hubs = haveThreads ? Threads() : new HubGroup(1);
        await using var server = new StreamServer(AnyPort, EchoAsync)
        {
            Hubs = hubs,
            MaxConnections = 1,
            Refusal = static connection => connection.SendAsync("full"u8.ToArray()).AsTask(),
        };
        await server.StartAsync().Soon();
        using (var first = Connect(server))
        {
            first.Send("a"u8);
            first.ReceiveExactly(1);
            using var second = Connect(server);
            Assert.Equal("full"u8.ToArray(), second.ReceiveToEnd());
            first.Send("b"u8); // who has a place keeps it
            Assert.Equal("b"u8.ToArray(), first.ReceiveExactly(1));
        }
        await Until.TrueAsync(() => IsServed(server), "the place is free again");
    }

    [Fact]
    public async Task Refusal_ThatSaysNothing_Closes()
    {
        await using var host = new TestHub();
        var server = new StreamServer(AnyPort, EchoAsync) { MaxConnections = 1, Refusal = static _ => Task.CompletedTask };
        await host.RunAsync(server.StartAsync);
        using var first = Connect(server);
        first.Send("a"u8);
        first.ReceiveExactly(1);
        using var second = Connect(server);
        Assert.Empty(second.ReceiveToEnd());
        Assert.Equal(1, await server.StopAsync(TimeSpan.Zero).Soon());
    }

    [Fact]
    public async Task Refusal_MoreThanCanBeToldAtATime_AreClosed()
    {
        const int most = 256;
        await using var host = new TestHub();
        var mayEnd = new AsyncEvent();
        int told = 0;
        var server = new StreamServer(AnyPort, EchoAsync)
        {
            MaxConnections = 1,
            Refusal = async _ =>
            {
                told++;
                await mayEnd.WaitAsync();
            },
        };
        await host.RunAsync(server.StartAsync);
        var clients = Enumerable.Range(0, most + 1).Select(_ => Connect(server)).ToList();
        using var beyond = Connect(server);
        Assert.Empty(beyond.ReceiveToEnd());
        Assert.Equal(most, told);
        mayEnd.Set();
        Assert.All(clients.Skip(1), static client => Assert.Empty(client.ReceiveToEnd()));
        clients.ForEach(static client => client.Dispose());
        Assert.Equal(0, await server.StopAsync(Timeout.InfiniteTimeSpan).Soon());
    }

    [Fact]
    public async Task Stop_WhileOneWaitsForAPlace_ClosesItAndEnds()
    {
        await using var host = new TestHub();
        var server = new StreamServer(AnyPort, EchoAsync) { MaxConnections = 1 };
        await host.RunAsync(server.StartAsync);
        using var first = Connect(server);
        first.Send("a"u8);
        first.ReceiveExactly(1);
        using var second = Connect(server);
        await host.SettleAsync();
        var stopping = server.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.Empty(second.ReceiveToEnd());
        first.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stopping.Soon());
        Assert.Empty(host.Failures);
    }

    private static async Task EchoAsync(Connection connection, CancellationToken cancellation)
    {
        byte[] buffer = new byte[100];
        while (await connection.ReceiveAsync(buffer, cancellation) is > 0 and var count)
            await connection.SendAsync(buffer.AsMemory(0, count), cancellation);
    }

    private static bool IsServed(StreamServer server)
    {
        using var client = Connect(server);
        client.Send("c"u8);
        return client.ReceiveExactly(1)[0] == 'c';
    }

    private static Socket Connect(StreamServer server)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds,
        };
        client.Connect(server.LocalEndPoint);
        return client;
    }
}
