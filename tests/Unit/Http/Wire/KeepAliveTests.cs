using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class KeepAliveTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Get_KnownRoute_AnswersWithLengthDateAndServer()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello);
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nDate: Fri, 20 Nov 2026 12:00:00 "
                + "GMT\r\nServer: AsyncServer\r\n\r\nhello",
            await server.ReceiveNowAsync(peer));
        Assert.False(peer.IsClosed);
    }

    [Fact]
    public async Task KeepAlive_TimeoutPasses_ClosesWithoutAnAnswer()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello);
        await server.ReceiveNowAsync(peer);

        await server.AdvanceAsync(TimeSpan.FromSeconds(74));
        Assert.False(peer.IsClosed);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("", await server.ReceiveToEndAsync(peer));
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public async Task Head_ComesTooSlowly_Answers408()
    {
        await using var server = new WireServer(limits: new HttpLimits { RequestHeadersTimeout = TimeSpan.FromSeconds(5) });
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /hello HT");
        await server.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await server.ReceiveToEndAsync(peer), StringComparison.Ordinal);
        peer.ShutdownSend();
        await server.SettleAsync();
    }
}
