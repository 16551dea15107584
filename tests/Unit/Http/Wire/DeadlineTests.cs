using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class DeadlineTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Connect_NoRequest_ClosesAfterTheKeepAliveTimeout()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.AdvanceAsync(TimeSpan.FromSeconds(75));
        Assert.Equal("", await server.ReceiveToEndAsync(peer));
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task Request_AroundTheKeepAliveTimeout_IsAnsweredOrClosedNeverHalf(int milliseconds, bool isAnswered)
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.AdvanceAsync(TimeSpan.FromSeconds(75) + TimeSpan.FromMilliseconds(milliseconds));
        await server.SendAsync(peer, Hello);
        peer.ShutdownSend();
        var responses = WireResponse.ReadAll(await server.ReceiveToEndAsync(peer));
        Assert.Equal(isAnswered ? 1 : 0, responses.Count);
    }

    [Fact]
    public async Task SlowHead_BytesKeepComing_TheDeadlineIsAbsolute()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        var other = server.Connect();
        string head = Hello[..20];
        await server.SendAsync(peer, head[..1]);
        for (int i = 1; i < 15; i++)
        {
            await server.AdvanceAsync(2 * Second);
            await server.SendAsync(peer, head[i..(i + 1)]);
        }
        await server.SendAsync(other, Hello);
        Assert.Equal(200, WireResponse.ReadAll(await server.ReceiveNowAsync(other))[0].Status); // others are served meanwhile
        Assert.Equal("", await server.ReceiveNowAsync(peer));
        await server.AdvanceAsync(2 * Second);
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal((408, "close"), (response.Status, response["Connection"]));
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task EmptyLine_NoRequestFollows_ClosesAfterTheKeepAliveTimeoutWithoutAnAnswer()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + "\r\n");
        await server.ReceiveNowAsync(peer);
        await server.AdvanceAsync(74 * Second);
        Assert.False(peer.IsClosed);
        await server.AdvanceAsync(Second);
        Assert.Equal("", await server.ReceiveToEndAsync(peer));
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public async Task EmptyLine_InTwoPieces_TheHeadBehindItHasItsDeadline()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        foreach (string piece in new[] { "\r", "\n", Hello[..5] })
            await server.SendAsync(peer, piece);
        await server.AdvanceAsync(30 * Second);
        Assert.Equal(408, Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Status);
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task SlowHead_SecondRequest_HasItsOwnDeadline()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /hello HT");
        await server.AdvanceAsync(29 * Second);
        await server.SendAsync(peer, "TP/1.1\r\nHost: a\r\n\r\nGET /he");
        await server.AdvanceAsync(29 * Second);
        await server.SendAsync(peer, "llo HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal([200, 200], WireResponse.ReadAll(await server.ReceiveNowAsync(peer)).Select(response => response.Status));
    }

    [Fact]
    public async Task SlowBody_FirstReadWaits_TheBodyTimeoutHolds()
    {
        // The app's own, longer deadline must not take the place of the body's.
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole),
            new HttpLimits { RequestBodyTimeout = Second, MinRequestBodyDataRate = 0 });
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        await server.AdvanceAsync(Second);
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal((408, "close"), (response.Status, response["Connection"]));
        peer.ShutdownSend();
        await server.SettleAsync();
        Assert.False(peer.WasReset);
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n", "x")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")]
    public async Task SlowBody_UnderTheRate_Answers408AfterTheGrace(string framing, string piece)
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole));
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /echo HTTP/1.1\r\nHost: a\r\n" + framing);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("", await server.ReceiveNowAsync(peer));
            await server.SendAsync(peer, piece);
            await server.AdvanceAsync(Second);
        }
        await server.AdvanceAsync(Second);
        Assert.Equal(408, Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Status);
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task SlowBody_ReadThroughCopyToAsync_Answers408()
    {
        await using var server = new WireServer(routes => routes.Map("/copy", async (request, _) =>
        {
            await request.Body.CopyToAsync(Stream.Null, CancellationToken.None);
            return Response.Empty();
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /copy HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        await server.AdvanceAsync(5 * Second);
        Assert.Equal(408, Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Status);
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task SlowBody_AboveTheRate_IsServedHoweverLongItTakes()
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole));
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n");
        for (int i = 0; i < 100; i++)
        {
            await server.AdvanceAsync(Second);
            await server.SendAsync(peer, new string('x', 300));
        }
        Assert.Equal(200, WireResponse.ReadAll(await server.ReceiveNowAsync(peer))[0].Status);
    }

    [Fact]
    public async Task ReceiveTimeout_CapsHeadAndKeepAlive()
    {
        await using var server = new WireServer(limits: new HttpLimits { ReceiveTimeout = Second });
        var idle = server.Connect();
        var slow = server.Connect();
        await server.SendAsync(slow, "GET /");
        await server.AdvanceAsync(Second);
        Assert.Equal("", await server.ReceiveToEndAsync(idle));
        Assert.Equal(408, WireResponse.ReadAll(await server.ReceiveToEndAsync(slow))[0].Status);
        slow.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task ClientNeverReads_SendTimeoutPasses_IsCutOffAndBuffersLittle()
    {
        int written = 0;
        await using var server = new WireServer(routes => routes.MapHandler("/endless", async (_, response, _) =>
        {
            while (true)
            {
                await response.WriteAsync(new byte[1000]);
                written += 1000;
            }
        }));
        var peer = server.Connect(capacity: 10_000);
        await server.SendAsync(peer, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.InRange(written, 1, 64 * 1024);
        await server.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.True(peer.WasReset);
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}
