using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class HandOverTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task HandOver_IdleConnection_LivesUntilItsNextAnswerWhichCloses()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello);
        Assert.DoesNotContain("Connection: close", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
        var handingOver = server.Server.HandOverAsync(TestContext.Current.CancellationToken);
        await server.AdvanceAsync(TimeSpan.FromSeconds(74));
        Assert.False(peer.IsClosed);
        await server.SendAsync(peer, Hello);
        Assert.Equal("close", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)))["Connection"]);
        peer.ShutdownSend();
        Assert.Equal(0, await handingOver.Soon());
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task HandOver_NobodyAsksAgain_EndsWithTheKeepAliveTimeout()
    {
        await using var server = new WireServer();
        var asked = server.Connect();
        var silent = server.Connect();
        await server.SendAsync(asked, Hello);
        await server.ReceiveNowAsync(asked);
        var handingOver = server.Server.HandOverAsync(TestContext.Current.CancellationToken);
        await server.AdvanceAsync(TimeSpan.FromSeconds(74));
        Assert.False(asked.IsClosed || silent.IsClosed);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await handingOver.Soon());
        Assert.False(asked.WasReset || silent.WasReset);
    }

    [Fact]
    public async Task HandOver_ConnectionThatCameLate_IsAnsweredOnce()
    {
        await using var server = new WireServer();
        var first = server.Connect(); // keeps the server at it
        var handingOver = server.Server.HandOverAsync(TestContext.Current.CancellationToken);
        await server.SettleAsync();
        var late = server.Connect();
        await server.SendAsync(late, Hello);
        Assert.Equal("close", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(late)))["Connection"]);
        late.ShutdownSend();
        first.ShutdownSend();
        Assert.Equal(0, await handingOver.Soon());
    }

    [Fact]
    public async Task Stop_WhileHandingOver_EndsIdleConnectionsAtOnce()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello);
        await server.ReceiveNowAsync(peer);
        var handingOver = server.Server.HandOverAsync(TestContext.Current.CancellationToken);
        await server.SettleAsync();
        Assert.False(peer.IsClosed);
        Assert.Equal(0, await server.StopAsync(TimeSpan.FromSeconds(30)));
        Assert.True(peer.IsClosed);
        Assert.Equal(0, await handingOver.Soon());
    }

    [Fact]
    public async Task MaxRequests_Reached_IsToldAndFurtherOnesAreAnswered()
    {
        await using var server = new HttpServer(new HttpServerOptions { Hubs = 1, MaxRequests = 2 });
        server.Routes.Map("/hello", static (_, _) => Response.Text("hello"));
        server.Hubs.Start();
        var peer = AsyncServer.Runtime.MemoryConnection.Connect(server.Hubs.Hubs[0], server.ServeAsync);
        peer.Send(System.Text.Encoding.ASCII.GetBytes(Hello));
        await server.Hubs.Hubs[0].SettleAsync();
        Assert.False(server.MaxRequestsReached.IsCompleted);
        peer.Send(System.Text.Encoding.ASCII.GetBytes(Hello + Hello));
        await server.MaxRequestsReached.Soon();
        peer.ShutdownSend();
        Assert.Equal(3,
            WireResponse.ReadAll(System.Text.Encoding.ASCII.GetString(
                await peer.ReceiveToEndAsync(TestContext.Current.CancellationToken))).Count);
    }
}
