using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>A reset or a passed deadline cancels the app's token and ends the connection; a FIN does neither.</summary>
public sealed class CancellationTests
{
    private const string Hang = "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new();

    /// <summary>Waits for its token.</summary>
    private async ValueTask<Response> HangAsync(Request request, CancellationToken cancellation)
    {
        using var registration = cancellation.Register(_cancelled.SetResult);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return Response.Text("never");
    }

    /// <summary>Does not mind its token.</summary>
    private async ValueTask<Response> IgnoreAsync(Request request, CancellationToken cancellation)
    {
        using var registration = cancellation.Register(_cancelled.SetResult);
        await _gate.Task;
        return Response.Text("late");
    }

    [Fact]
    public async Task Reset_WhileTheAppWorks_CancelsItsToken()
    {
        await using var server = new WireServer(routes => routes.Map("/hang", HangAsync));
        var peer = server.Connect();
        await server.SendAsync(peer, Hang);
        peer.Reset();
        await _cancelled.Task.WaitAsync(server.Cancellation);
        await server.SettleAsync();
        Assert.Equal(0, server.Hub.ConnectionCount);
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task Fin_WhileTheAppWorks_CancelsNothing()
    {
        await using var server = new WireServer(routes => routes.Map("/hang", IgnoreAsync));
        var peer = server.Connect();
        await server.SendAsync(peer, Hang);
        peer.ShutdownSend();
        await server.SettleAsync();
        Assert.False(_cancelled.Task.IsCompleted);
        _gate.SetResult();
        Assert.Equal("late", WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))[0].Body);
    }

    [Fact]
    public async Task RequestTimeout_AppMindsItsToken_IsCutOff()
    {
        await using var server = new WireServer(routes => routes.Map("/hang", HangAsync));
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + Hang);
        await server.AdvanceAsync(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.False(_cancelled.Task.IsCompleted);
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))); // the answer before it is not lost
        Assert.True(peer.WasReset);
        await _cancelled.Task.WaitAsync(server.Cancellation);
    }

    [Fact]
    public async Task RequestTimeout_AppIgnoresItsToken_ConnectionEndsAllTheSame()
    {
        await using var server = new WireServer(routes => routes.Map("/hang", IgnoreAsync));
        var peer = server.Connect();
        await server.SendAsync(peer, Hang + Hello);
        await server.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.True(peer.WasReset);
        Assert.Equal(0, server.Hub.ConnectionCount);
        Assert.Contains(server.Log.Lines, line => line.Text == "GET /hang did not end in time and was cut off (phase: app)");
        _gate.SetResult();
        await server.SettleAsync();
        Assert.Equal("", await server.ReceiveToEndAsync(peer)); // neither its answer nor the next request's
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task RequestTimeout_InTheTurnInWhichTheAppEnds_ItsAnswerArrivesAndIsTheLast()
    {
        var timeout = new HttpLimits().RequestTimeout;
        await using var server = new WireServer(routes => routes.Map("/late", async (_, _) =>
        {
            await Coroutine.Sleep(timeout, CancellationToken.None); // alarms ring before deadlines pass
            await Coroutine.Yield(); // and what is queued runs after both, before the token's callbacks
            return Response.Text("late");
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n" + Hello);
        await server.AdvanceAsync(timeout);
        await server.SendAsync(peer, Hello);
        peer.ShutdownSend();
        Assert.Equal("late", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Body);
        Assert.False(peer.WasReset);
        await server.SettleAsync();
        Assert.Equal(0, server.Hub.ConnectionCount);
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task Stop_AppOutlivesItsHub_EndsQuietly()
    {
        var server = new WireServer(routes => routes.Map("/hang", IgnoreAsync));
        var peer = server.Connect();
        await server.SendAsync(peer, Hang);
        Assert.Equal(1, await server.StopAsync(TimeSpan.Zero));
        Assert.True(peer.WasReset);
        Assert.Contains(server.Log.Lines,
            line => line.Text.Contains("GET /hang from 127.0.0.1:50000 was cut off by the stop", StringComparison.Ordinal));
        _gate.SetResult();
        while (server.Hub.CoroutineCount > 0)
            await Task.Yield();
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
        await server.DisposeAsync();
    }
}
