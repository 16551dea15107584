using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>Each way in which a request can end is told, once, as what it is.</summary>
public sealed class OutcomeTests
{
    private readonly RecordingObserver _observer = new();
    private readonly TaskCompletionSource _never = new();

    [Fact]
    public async Task Answered()
    {
        await using var server = Start();
        await server.ExchangeAsync(Get("/hello") + Post("/echo", 5) + "12345");
        Assert.Equal(2, _observer.StartedRequests);
        Assert.Equal([RequestEnding.Answered, RequestEnding.Answered], _observer.Outcomes.Select(static outcome => outcome.Ending));
        Assert.Equal((200, 0, 5), Facts(_observer.Outcomes[0]));
        Assert.Equal((200, 5, 5), Facts(_observer.Outcomes[1]));
        Assert.Equal(ConnectionPhase.None, _observer.Outcomes[1].Expired);
        Assert.True(_observer.Outcomes[1].IsWhole);
        Assert.Equal(1, _observer.StartedConnections);
        Assert.Equal([2], _observer.EndedConnections);
    }

    [Theory]
    [InlineData("GET /hello HTTP/1.1\r\n\r\n", 400, 0)]
    [InlineData("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505, 0)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413, 1)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400, 1)]
    public async Task Refused(string message, int status, int started)
    {
        await using var server = Start();
        await server.ExchangeAsync(message);
        Expect(RequestEnding.Refused, status, ConnectionPhase.None, started);
    }

    [Fact]
    public async Task Refused_AfterARequestWithABody_HasReceivedNone()
    {
        await using var server = Start();
        await server.ExchangeAsync(Post("/echo", 5) + "12345" + "BAD\r\n\r\n");
        Assert.Equal([5, 0], _observer.Outcomes.Select(static outcome => outcome.ReceivedBytes));
    }

    [Fact]
    public async Task HeadExpired()
    {
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /hello HT");
        await PassAsync(server, 30);
        peer.ShutdownSend();
        await server.SettleAsync();
        Expect(RequestEnding.HeadExpired, 408, ConnectionPhase.Head, started: 0);
    }

    [Fact]
    public async Task BodyExpired()
    {
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, Post("/echo", 5) + "1");
        await PassAsync(server, 5);
        peer.ShutdownSend();
        await server.SettleAsync();
        Expect(RequestEnding.BodyExpired, 408, ConnectionPhase.Body);
        Assert.Equal(1, _observer.Outcomes[0].ReceivedBytes);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\n1234567890", "BodyExpired", ConnectionPhase.Body)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nx\r\n", "Refused", ConnectionPhase.None)]
    public async Task BodyFails_AfterTheHeadHasLeft_TheAnswerIsNotWhole(string rest, string ending, ConnectionPhase expired)
    {
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /early HTTP/1.1\r\nHost: a\r\n" + rest);
        await PassAsync(server, 31);
        Assert.True(peer.WasReset);
        Expect(Enum.Parse<RequestEnding>(ending), 200, expired);
        Assert.False(_observer.Outcomes[0].IsWhole);
    }

    [Fact]
    public async Task AppExpired()
    {
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, Get("/hang"));
        await PassAsync(server, 300);
        Assert.True(peer.WasReset);
        Expect(RequestEnding.AppExpired, 0, ConnectionPhase.App);
        _never.SetResult();
    }

    [Fact]
    public async Task SendExpired()
    {
        await using var server = Start();
        var peer = server.Connect(capacity: 600);
        await server.SendAsync(peer, Get("/endless"));
        await PassAsync(server, 5);
        Assert.True(peer.WasReset);
        Expect(RequestEnding.SendExpired, 200, ConnectionPhase.Send);
        Assert.InRange(_observer.Outcomes[0].SentBytes, 1, 600);
    }

    [Fact]
    public async Task Abandoned()
    {
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, Get("/hang"));
        peer.Reset();
        await server.SettleAsync();
        Expect(RequestEnding.Abandoned, 0, ConnectionPhase.None);
        _never.SetResult();
        await server.SettleAsync();
        Assert.Single(_observer.Outcomes);
    }

    [Fact]
    public async Task AppFailed_AfterItsHeadHasLeft()
    {
        await using var server = Start();
        await server.ExchangeAsync(Get("/half"));
        Expect(RequestEnding.AppFailed, 200, ConnectionPhase.None);
        Assert.False(_observer.Outcomes[0].IsWhole);
    }

    [Fact]
    public async Task AppFailed_BeforeItsHeadHasLeft_IsAnsweredWith500()
    {
        await using var server = Start();
        await server.ExchangeAsync(Get("/fail"));
        Expect(RequestEnding.Answered, 500, ConnectionPhase.None);
    }

    [Fact]
    public async Task TooShort()
    {
        await using var server = Start();
        await server.ExchangeAsync(Get("/short"));
        Expect(RequestEnding.TooShort, 200, ConnectionPhase.None);
    }

    [Fact]
    public async Task CutByStop()
    {
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, Get("/hang"));
        Assert.Equal(1, await server.StopAsync(TimeSpan.Zero));
        Expect(RequestEnding.CutByStop, 0, ConnectionPhase.None);
        _never.SetResult();
        await Until.TrueAsync(() => server.Hub.CoroutineCount == 0, "the app has ended");
        Assert.Single(_observer.Outcomes);
    }

    [Fact]
    public async Task ServerFailed()
    {
        _observer.Bug = new InvalidOperationException("a bug");
        await using var server = Start();
        var peer = server.Connect();
        await server.SendAsync(peer, Get("/hello"));
        Assert.True(peer.WasReset);
        Expect(RequestEnding.ServerFailed, 0, ConnectionPhase.None);
        Assert.Equal([1], _observer.EndedConnections);
    }

    private static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n";

    private static string Post(string path, int length) => $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n";

    private static (int Status, long Received, long Sent) Facts(RequestOutcome outcome) =>
        (outcome.Status, outcome.ReceivedBytes, outcome.SentBytes);

    private static async Task PassAsync(WireServer server, int seconds)
    {
        for (int i = 0; i < seconds; i++)
            await server.AdvanceAsync(TimeSpan.FromSeconds(1));
    }

    private WireServer Start() => new(routes =>
    {
        routes.Map("/echo", EchoApp.Whole);
        routes.MapHandler("/hang", async (_, _, _) => await _never.Task);
        routes.MapHandler("/fail", static (_, _, _) => throw new InvalidOperationException("the app's"));
        routes.MapHandler("/half", static async (_, response, _) =>
        {
            await response.WriteTextAsync("half");
            await response.FlushAsync();
            throw new InvalidOperationException("the app's");
        });
        routes.MapHandler("/early", static async (request, response, _) =>
        {
            await response.WriteTextAsync("early");
            await response.FlushAsync();
            while (await request.ReadAsync(new byte[100]) > 0)
                continue;
        });
        routes.MapHandler("/short", static async (_, response, _) =>
        {
            response.ContentLength = 10;
            await response.WriteAsync(new byte[5]);
            await response.FlushAsync();
        });
        routes.MapHandler("/endless", static async (_, response, _) =>
        {
            while (true)
                await response.WriteAsync(new byte[1000]);
        });
    }, observer: _observer);

    private void Expect(RequestEnding ending, int status, ConnectionPhase expired, int started = 1)
    {
        var outcome = Assert.Single(_observer.Outcomes);
        Assert.Equal((ending, status, expired), (outcome.Ending, outcome.Status, outcome.Expired));
        Assert.Equal(started, _observer.StartedRequests);
        Assert.Equal(started == 1, outcome.Started is not null);
    }
}
