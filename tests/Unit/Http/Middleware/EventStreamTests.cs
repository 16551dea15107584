using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Middleware;

public sealed class EventStreamTests
{
    private const string Get = "GET /events HTTP/1.0\r\nHost: a\r\n\r\n"; // 1.0: no chunks between the events
    private const string Begin = ":\n\n";

    private static readonly string[] Texts = ["a", "b"];

    private static async Task<string> FormatAsync(params SseItem<string>[] items)
    {
        await using var server = new WireServer(routes =>
            routes.Map("/events", (_, startResponse) => EventStream.Start(startResponse, items.ToAsyncEnumerable())));
        return WireResponse.Parse(await server.ExchangeAsync(Get)).Body;
    }

    [Fact]
    public async Task Event_WithEveryField_IsWrittenByTheStandard()
    {
        Assert.Equal(Begin + "data: x\n\n", await FormatAsync(new SseItem<string>("x")));
        Assert.Equal(Begin + "event: tick\nid: 7\nretry: 1500\ndata: one\ndata: two\ndata: three\ndata: \n\n",
            await FormatAsync(new SseItem<string>("one\r\ntwo\rthree\n", "tick")
            {
                EventId = "7",
                ReconnectionInterval = TimeSpan.FromSeconds(1.5)
            }));
        Assert.Equal(Begin + "data: \n\ndata: \u00e4\u00bd\u00a0\n\n",
            await FormatAsync(new SseItem<string>(""), new SseItem<string>("\u4f60")));
    }

    [Fact]
    public async Task Events_ReadByTheFrameworksParser_AreTheSame()
    {
        var item = new SseItem<string>("one\ntwo", "tick") { EventId = "7", ReconnectionInterval = TimeSpan.FromSeconds(1.5) };
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(await FormatAsync(item)));
        var read = Assert.Single(SseParser.Create(stream).Enumerate());
        Assert.Equal((item.Data, item.EventType, item.EventId, item.ReconnectionInterval),
            (read.Data, read.EventType, read.EventId, read.ReconnectionInterval));
    }

    [Fact]
    public async Task Response_OfTexts_IsAnEventStreamThatNobodyKeeps()
    {
        await using var server = new WireServer(routes =>
            routes.Map("/events", (_, startResponse) => EventStream.Start(startResponse, Texts.ToAsyncEnumerable())));
        var response = WireResponse.ReadAll(await server.ExchangeAsync(Get.Replace("1.0", "1.1", StringComparison.Ordinal))).Single();
        Assert.Equal((200, "text/event-stream", "no-store", "chunked"),
            (response.Status, response["Content-Type"], response["Cache-Control"], response["Transfer-Encoding"]));
        Assert.Equal("no", response["X-Accel-Buffering"]); // nginx would hold events back until its buffer is full
        Assert.Equal(Begin + "data: a\n\ndata: b\n\n", response.Body);
    }

    [Fact]
    public async Task Head_OfAStreamWithoutEnd_Ends()
    {
        var feed = new Feed();
        await using var server = feed.Serve();
        var response = WireResponse.ReadAll(await server.ExchangeAsync(Get.Replace("GET", "HEAD", StringComparison.Ordinal)), "HEAD")
            .Single();
        Assert.Equal(("text/event-stream", ""), (response["Content-Type"], response.Body));
        Assert.Equal(feed.Begun, feed.Ended);
    }

    [Fact]
    public async Task Stream_WithoutEvents_BeginsAtOnceAndBeatsByTheServersTime()
    {
        var feed = new Feed();
        await using var server = feed.Serve(TimeSpan.FromSeconds(5));
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        Assert.EndsWith("\r\n\r\n" + Begin, await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
        await server.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.Equal("", await server.ReceiveNowAsync(peer));
        await AdvanceBySecondsAsync(server, 1);
        Assert.Equal(Begin, await server.ReceiveNowAsync(peer));
        await feed.SendAsync("x", server);
        Assert.Equal("data: x\n\n", await server.ReceiveNowAsync(peer));
        await AdvanceBySecondsAsync(server, 4);
        Assert.Equal("", await server.ReceiveNowAsync(peer)); // an event is as good as a heartbeat
        await AdvanceBySecondsAsync(server, 1);
        Assert.Equal(Begin, await server.ReceiveNowAsync(peer));
        feed.Events.Writer.Complete();
        Assert.Equal("", await server.ReceiveToEndAsync(peer));
        Assert.Equal((1, 1), (feed.Begun, feed.Ended));
    }

    // Hub time advances by at most a second a turn.
    private static async Task AdvanceBySecondsAsync(WireServer server, int seconds)
    {
        for (int i = 0; i < seconds; i++)
            await server.AdvanceAsync(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientThatHasGone_EndsTheAppsEnumerator(bool heedsToken)
    {
        var feed = new Feed { HeedsToken = heedsToken };
        await using var server = feed.Serve();
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        await feed.SendAsync("x", server);
        peer.Reset();
        await server.SettleAsync();
        if (!heedsToken)
            await feed.SendAsync("y", server); // one that does not listen ends at its next event
        await Until.TrueAsync(() => feed.Ended == 1, "the enumerator was disposed");
    }

    [Fact]
    public async Task Events_ThatFail_CutTheStreamOff()
    {
        var feed = new Feed();
        await using var server = feed.Serve();
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        feed.Events.Writer.Complete(new InvalidOperationException("the feed broke"));
        await server.ReceiveToEndAsync(peer);
        Assert.True(peer.WasReset);
        Assert.Contains(server.Log.Lines, static line => line.Exception?.Message == "the feed broke");
        Assert.Equal(1, feed.Ended);
    }

    [Fact]
    public async Task ServerThatDrains_EndsTheStreamAtTheNextHeartbeat()
    {
        var feed = new Feed();
        await using var server = feed.Serve(TimeSpan.FromSeconds(1));
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        var stop = server.StopAsync(TimeSpan.FromSeconds(30));
        await AdvanceBySecondsAsync(server, 1);
        peer.ShutdownSend();
        Assert.Equal(0, await stop);
        Assert.Equal(1, feed.Ended);
        Assert.False(peer.WasReset);
    }

    // A stop took as long as a heartbeat, and Docker kills after 10 s.
    [Fact]
    public async Task ServerThatDrains_EndsAQuietStreamWithoutWaitingForItsHeartbeat()
    {
        var feed = new Feed();
        await using var server = feed.Serve(TimeSpan.FromHours(1));
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        var stop = server.StopAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("text/event-stream", await server.ReceiveToEndAsync(peer), StringComparison.Ordinal);
        peer.ShutdownSend();
        Assert.Equal(0, await stop);
        Assert.Equal(1, feed.Ended);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task LastEventId_InUtf8_IsRead()
    {
        await using var server = new WireServer(routes => routes.Map("/events", (environ, startResponse) =>
        {
            startResponse("200 OK", []);
            return EventStream.LastEventId(environ) ?? "none";
        }));
        Assert.EndsWith("\r\n\r\nnone", await server.ExchangeAsync(Get), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n\u00e4\u00bd\u00a0",
            await server.ExchangeAsync(Get.Replace("\r\n\r\n", "\r\nLast-Event-ID: \u00e4\u00bd\u00a0\r\n\r\n", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Heartbeat_OfNoTime_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            EventStream.Start(static (_, _, _) => null!, AsyncEnumerable.Empty<string>(), TimeSpan.Zero));

    private sealed class Feed
    {
        internal Channel<string> Events { get; } = Channel.CreateUnbounded<string>();

        internal bool HeedsToken { get; init; } = true;

        internal int Begun { get; private set; }

        internal int Ended { get; private set; }

        internal WireServer Serve(TimeSpan? heartbeat = null) =>
            new(routes => routes.Map("/events", (_, startResponse) => EventStream.Start(startResponse, ReadAsync(), heartbeat)));

        internal async Task SendAsync(string text, WireServer server)
        {
            Events.Writer.TryWrite(text);
            await server.SettleAsync();
        }

        private async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            Begun++;
            try
            {
                while (await Events.Reader.WaitToReadAsync(HeedsToken ? cancellation : CancellationToken.None))
                    yield return await Events.Reader.ReadAsync(CancellationToken.None);
            }
            finally
            {
                Ended++;
            }
        }
    }
}
