using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class DrainTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Drain_IdleConnection_EndsAtOnce()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello);
        await server.ReceiveNowAsync(peer);
        Assert.Equal(0, await server.StopAsync(Grace));
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Drain_NoRequestYet_HasASecond()
    {
        await using var server = new WireServer();
        var silent = server.Connect();
        var late = server.Connect();
        await server.SettleAsync();
        var stopping = server.StopAsync(Grace);
        await server.SettleAsync();
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(999));
        Assert.False(silent.IsClosed);
        await server.SendAsync(late, Hello);
        Assert.Equal("close", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(late)))["Connection"]);
        late.ShutdownSend();
        await server.SettleAsync();
        server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await stopping);
        Assert.True(silent.IsClosed);
    }

    // A client that sends a head slowly held up the stop until the headers timeout.
    [Theory]
    [InlineData("")]
    [InlineData(Hello)]
    public async Task Drain_PartOfAHead_HasASecond(string before)
    {
        await using var server = new WireServer();
        var slow = server.Connect();
        var late = server.Connect();
        await server.SendAsync(slow, before + "GET /hello HT");
        await server.SendAsync(late, before + "GET /hello HT");
        await server.ReceiveNowAsync(slow);
        await server.ReceiveNowAsync(late);
        var stopping = server.StopAsync(Grace);
        await server.SettleAsync();
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(999));
        Assert.False(slow.IsClosed);
        await server.SendAsync(late, "TP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("close", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(late)))["Connection"]);
        late.ShutdownSend();
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.StartsWith("HTTP/1.1 408 ", await server.ReceiveToEndAsync(slow), StringComparison.Ordinal);
        slow.ShutdownSend();
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task Drain_EmptyLineAfterARequest_EndsAtOnce()
    {
        // Old clients send one after a body (RFC 9112 2.2); it is no request in flight.
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + "\r\n");
        await server.ReceiveNowAsync(peer);
        Assert.Equal(0, await server.StopAsync(Grace));
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Drain_EmptyLineAndNoRequest_HasNoMoreThanTheSecond()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SettleAsync();
        var stopping = server.StopAsync(Grace);
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        await server.SendAsync(peer, "\r\n");
        Assert.False(peer.IsClosed);
        server.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(0, await stopping);
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public async Task Drain_RequestInFlight_FinishesWithClose()
    {
        var gate = new TaskCompletionSource();
        await using var server = new WireServer(routes => routes.Map("/slow", async (_, _) =>
        {
            await gate.Task;
            return Response.Text("slow");
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Slow + Hello);
        var stopping = server.StopAsync(Grace);
        await server.SettleAsync();
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal(("slow", "close"), (response.Body, response["Connection"]));
        peer.ShutdownSend();
        Assert.Equal(0, await stopping);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Drain_HeadLeftBefore_ConnectionEndsAfterTheAnswer()
    {
        // Its head has promised keep-alive; it must not wait for a next request until the grace is over.
        var gate = new TaskCompletionSource();
        await using var server = new WireServer(routes => routes.MapHandler("/slow", async (_, response, _) =>
        {
            await response.WriteAsync("a"u8.ToArray());
            await response.FlushAsync();
            await gate.Task;
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Slow);
        var stopping = server.StopAsync(Grace);
        await server.SettleAsync();
        gate.SetResult();
        Assert.Equal("a", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Body);
        Assert.Equal(0, await stopping);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Drain_HeadHalfThere_IsAnsweredWhenItComes()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + Hello[..10]);
        await server.ReceiveNowAsync(peer);
        var stopping = server.StopAsync(Grace);
        await server.SendAsync(peer, Hello[10..]);
        Assert.Equal("close", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)))["Connection"]);
        peer.ShutdownSend();
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task Drain_GraceIsOver_ResetsAndCounts()
    {
        await using var server = new WireServer(routes => routes.Map("/slow", async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Response.Empty();
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Slow);
        var stopping = server.StopAsync(Grace);
        await server.SettleAsync();
        server.Clock.Advance(Grace);
        Assert.Equal(1, await stopping);
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task Drain_GraceIsOver_SaysWhatWasCutOffWhereAndWhy()
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/slow", async (_, cancellation) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                return Response.Empty();
            });
            routes.Map("/echo", EchoApp.Whole);
            routes.Map("/long", (_, _) => Response.Text(new string('x', 2000)));
            routes.Map("/longer", (_, _) => Response.Text(new string('x', 200_000)));
        }, new HttpLimits
        {
            MinRequestBodyDataRate = 0,
            MinResponseDataRate = 0,
            SendTimeout = TimeSpan.FromMinutes(5),
            RequestBodyTimeout = TimeSpan.FromMinutes(5)
        });
        var done = server.Connect();
        await server.SendAsync(done, Hello);
        await server.SendAsync(server.Connect(), Slow);
        await server.SendAsync(server.Connect(), "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        await server.SendAsync(server.Connect(capacity: 100), "GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.SendAsync(server.Connect(capacity: 100), "GET /longer HTTP/1.1\r\nHost: a\r\n\r\n");
        var stopping = server.StopAsync(Grace);
        await server.SettleAsync();
        server.Clock.Advance(Grace);
        Assert.Equal(4, await stopping);
        const string Client = "from 127.0.0.1:50000 was cut off by the stop after 00:00:30";
        string[] lines = [.. server.Log.Lines.Where(line => line.Level == Microsoft.Extensions.Logging.LogLevel.Warning)
            .Select(line => line.Text)];
        Assert.Contains($"GET /slow {Client}, in the app: its time was over", lines);
        Assert.Contains($"POST /echo {Client}, waiting for its body: its time was over", lines);
        Assert.Contains(
            "Finished answers to 127.0.0.1:50000 were cut off by the stop after 00:00:30, waiting for the client to read: its time was "
            + "over", lines);
        Assert.Contains($"GET /longer {Client}, waiting for the client to read: its time was over", lines);
        Assert.Contains("Stopped after 30.0 s: 1 connections finished; 4 connections did not finish in time and were cut off", lines);
    }

    [Fact]
    public async Task Drain_Hurry_EndsTheGraceEarly()
    {
        await using var server = new WireServer(routes => routes.Map("/slow", async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Response.Empty();
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Slow);
        using var hurry = new CancellationTokenSource();
        var stopping = server.Server.StopAsync(Grace, hurry.Token);
        await server.SettleAsync();
        await hurry.CancelAsync();
        Assert.Equal(1, await stopping);
        Assert.True(peer.WasReset);
    }
}
