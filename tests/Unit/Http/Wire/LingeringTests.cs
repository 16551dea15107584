using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>
/// The end of a connection whose client may still send: FIN at once, then at most 2 s of dropping (RFC 9112 section 9.6).
/// </summary>
public sealed class LingeringTests
{
    private const string Bad = "GET /hello HTTP/1.1\r\n\r\n";
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Refused_ClientStaysSilent_ClosesAfterTwoSeconds()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Bad);
        await server.ReceiveToEndAsync(peer);
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(1999));
        Assert.False(peer.IsClosed);
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Refused_ClientGoesOnSending_IsStillClosedAfterTwoSeconds()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Bad);
        byte[] flood = new byte[1_000_000];
        peer.Send(flood);
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        while (!peer.IsClosed)
        {
            peer.Send(flood); // there is always more to drop
            await Task.Yield();
            server.Cancellation.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task ServerEnds_ClientHadNotAskedForIt_LateRequestsAreDroppedNotReset()
    {
        await using var server = new WireServer(limits: new HttpLimits { MaxRequestsPerConnection = 1 });
        var peer = server.Connect();
        await server.SendAsync(peer, Hello);
        Assert.False(peer.IsClosed);
        await server.SendAsync(peer, Hello);
        Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        peer.ShutdownSend();
        await server.SettleAsync();
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task ClientAskedForTheEnd_IsClosedAtOnce()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task AppAsksForTheEnd_AnswerSaysClose()
    {
        await using var server = new WireServer(routes =>
            routes.Map("/end", (_, _) => Response.Text("x").WithHeader("Connection", "close")));
        string text = await server.ExchangeAsync("GET /end HTTP/1.1\r\nHost: a\r\n\r\n" + Hello);
        Assert.Equal("close", Assert.Single(WireResponse.ReadAll(text))["Connection"]);
    }
}
