using AsyncServer.Http;
using AsyncServer.Unit.Support;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>MinResponseDataRate: clients that take their response too slowly.</summary>
public sealed class SlowReaderTests
{
    private const int Capacity = 600; // what the client's window takes at a time
    private const string Endless = "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static WireServer Start(HttpLimits? limits = null) => new(routes => routes.MapHandler("/endless", async (_, response, _) =>
    {
        while (true)
            await response.WriteAsync(new byte[1000]);
    }), limits);

    // What there is at the start, then as much again at each step.
    private static async Task ReadAsync(WireServer server, AsyncServer.Runtime.MemoryPeer peer, TimeSpan step, TimeSpan atMost)
    {
        for (var passed = TimeSpan.Zero; passed < atMost && !peer.IsClosed; passed += step)
        {
            await peer.ReceiveAsync(0, server.Cancellation);
            await server.AdvanceAsync(step);
        }
    }

    [Fact]
    public async Task NothingRead_GraceIsOver_IsCutOffAndLogged()
    {
        await using var server = Start();
        var peer = server.Connect(Capacity);
        await server.SendAsync(peer, Endless);
        await server.AdvanceAsync(5 * Second - TimeSpan.FromTicks(1));
        Assert.False(peer.IsClosed);
        await server.AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.True(peer.WasReset);
        Assert.Contains(server.Log.Lines,
            line => line.Text == "GET /endless: the client took the response too slowly and was cut off (phase: send)");
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task ReadUnderTheRate_OnAverage_IsCutOff()
    {
        await using var server = Start();
        var peer = server.Connect(Capacity);
        await server.SendAsync(peer, Endless);
        await ReadAsync(server, peer, 4 * Second, 8 * Second); // 150 bytes a second
        Assert.False(peer.IsClosed);
        await ReadAsync(server, peer, 4 * Second, 60 * Second);
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task ReadAboveTheRate_IsServedHoweverLongItTakes()
    {
        await using var server = Start();
        var peer = server.Connect(Capacity);
        await server.SendAsync(peer, Endless);
        await ReadAsync(server, peer, 2 * Second, 300 * Second); // 300 bytes a second
        Assert.False(peer.IsClosed);
    }

    [Fact]
    public async Task ReadInBursts_NoneMissesTheSendTimeout_IsServed()
    {
        // A system tells of room when there is much of it: the average counts, not each wait.
        await using var server = Start();
        var peer = server.Connect(capacity: 20_000);
        await server.SendAsync(peer, Endless);
        await ReadAsync(server, peer, 29 * Second, 600 * Second);
        Assert.False(peer.IsClosed);
    }

    [Fact]
    public async Task RateOff_TheSendTimeoutAloneHolds()
    {
        await using var server = Start(new HttpLimits { MinResponseDataRate = 0 });
        var peer = server.Connect(Capacity);
        await server.SendAsync(peer, Endless);
        await ReadAsync(server, peer, 29 * Second, 290 * Second);
        Assert.False(peer.IsClosed);
        await server.AdvanceAsync(30 * Second);
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task EarlierRequests_DoNotCount_EachBusySpellHasItsGrace()
    {
        await using var server = new WireServer(routes => routes.Map("/long", (_, _) => Response.Text(new string('x', 2000))));
        var peer = server.Connect(Capacity);
        for (int i = 0; i < 5; i++)
        {
            await server.SendAsync(peer, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
            await server.AdvanceAsync(4 * Second);
            string text = "";
            while (!text.EndsWith('x') || text.Length < 2000)
                text += await server.ReceiveNowAsync(peer);
        }
        Assert.False(peer.IsClosed);
    }

    [Fact]
    public async Task FinishedAnswer_ClientNeverReads_IsCutOffToo()
    {
        await using var server = new WireServer(routes => routes.Map("/long", (_, _) => Response.Text(new string('x', 2000))));
        var peer = server.Connect(Capacity);
        await server.SendAsync(peer, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n"); // all of it is in our buffer: no app waits
        await server.AdvanceAsync(5 * Second);
        Assert.True(peer.WasReset);
    }
}
