using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>Two waits of one connection at a time: each has a deadline of its own, and neither takes the other's place.</summary>
public sealed class DeadlineOwnerTests
{
    private const int Window = 600; // what the client's window takes at a time
    private const string Long = "GET /long HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Upload = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static WireServer Start(HttpLimits? limits = null) => new(routes =>
    {
        routes.Map("/long", (_, _) => Response.Text(new string('x', 2000)));
        routes.Map("/upload", EchoApp.Whole);
        routes.Map("/asleep", async (_, cancellation) =>
        {
            await Coroutine.Sleep(TimeSpan.FromHours(1), cancellation);
            return Response.Empty();
        });
    }, limits ?? new HttpLimits { MinRequestBodyDataRate = 0, MinResponseDataRate = 0 });

    [Fact]
    public async Task SlowBody_AnEarlierAnswerWaitsToBeSent_TheBodyTimeoutHolds()
    {
        await using var server = Start();
        var peer = server.Connect(Window);
        await server.SendAsync(peer, Long + Upload);
        string received = await ReadAllAsync(server, peer);
        Assert.EndsWith("xxx", received, StringComparison.Ordinal);
        await server.AdvanceAsync(30 * Second);
        var late = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal((408, "close"), (late.Status, late["Connection"]));
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task SlowBody_TheEarlierAnswerIsStillOnItsWay_ItArrivesWholeAndThenThe408()
    {
        await using var server = Start(new HttpLimits
        {
            MinRequestBodyDataRate = 0,
            MinResponseDataRate = 0,
            RequestBodyTimeout = 10 * Second
        });
        var peer = server.Connect(Window);
        await server.SendAsync(peer, Long + Upload);
        await server.AdvanceAsync(10 * Second);
        var responses = WireResponse.ReadAll(await server.ReceiveToEndAsync(peer));
        Assert.Equal([200, 408], responses.Select(static response => response.Status));
        Assert.Equal(2000, responses[0].Body.Length);
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task EarlierAnswerIsNeverRead_TheAppWaitsForItsBody_TheSendTimeoutCutsItOff()
    {
        await using var server = Start(new HttpLimits
        {
            MinRequestBodyDataRate = 0,
            MinResponseDataRate = 0,
            RequestBodyTimeout = 60 * Second
        });
        var peer = server.Connect(Window);
        await server.SendAsync(peer, Long + Upload);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(peer.WasReset);
            await server.SendAsync(peer, "x"); // the body comes, slowly enough
            await server.AdvanceAsync(10 * Second);
        }
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task AppIsAsleep_AnEarlierAnswerIsSentMeanwhile_TheRequestTimeoutIsNotExtended()
    {
        await using var server = Start(new HttpLimits { MinResponseDataRate = 0, SendTimeout = TimeSpan.Zero });
        var peer = server.Connect(Window);
        await server.SendAsync(peer, Long + "GET /asleep HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.AdvanceAsync(200 * Second);
        await ReadAllAsync(server, peer);
        await server.AdvanceAsync(99 * Second);
        Assert.False(peer.WasReset);
        await server.AdvanceAsync(Second);
        Assert.True(peer.WasReset);
    }

    private static async Task<string> ReadAllAsync(WireServer server, MemoryPeer peer)
    {
        string received = "";
        while (await server.ReceiveNowAsync(peer) is { Length: > 0 } piece)
            received += piece;
        return received;
    }
}
