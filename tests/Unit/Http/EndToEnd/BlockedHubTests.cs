using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>An app that blocks its hub (gevent: the monitoring thread's report of a blocked hub).</summary>
public sealed class BlockedHubTests
{
    private const int HubBlocked = 24;
    private const int HubFreed = 25;

    [Fact]
    public async Task App_BlocksItsHub_TheLogNamesTheRequestAndOtherHubsServe()
    {
        using var mayEnd = new ManualResetEventSlim();
        await using var server = await SocketServer.StartAsync(
            routes => routes.Map("/slow", (_, _) =>
            {
                mayEnd.Wait(TestHub.Patience, CancellationToken.None);
                return Response.Text("done");
            }),
            hubs: 2);
        using var slow = await AskAsync("/hello", "hello"); // each on a hub of its own
        using var other = await AskAsync("/hello", "hello");
        try
        {
            await server.SendAsync(slow, "GET /slow?secret=1 HTTP/1.1\r\nHost: a\r\n\r\n");
            await Until.TrueAsync(() => server.Log.Lines.Any(IsOfSlow), "the warning");
            await server.SendAsync(other, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
            await server.ReceiveUntilAsync(other, "hello");
            var line = Assert.Single(server.Log.Lines, IsOfSlow);
            Assert.Equal(LogLevel.Warning, line.Level);
            Assert.Contains($"[GET /slow from {slow.LocalEndPoint}]", line.Text);
            Assert.DoesNotContain("secret", line.Text);

            var hanging = Assert.Single(RunInfo.Capture(TimeSpan.FromMilliseconds(100)).Hubs, hub => IsOurs(hub)
                && hub.Current?.Contains("GET /slow") == true);
            Assert.Equal(HubState.Hanging, hanging.State);
        }
        finally
        {
            mayEnd.Set();
        }
        await server.ReceiveUntilAsync(slow, "done");
        await Until.TrueAsync(() => server.Log.Lines.Any(static line => line.Id.Id == HubFreed), "the end of it");
        var end = Assert.Single(server.Log.Lines, static line => line.Id.Id == HubFreed && line.Text.Contains("/slow"));
        Assert.Equal(LogLevel.Warning, end.Level);
        Assert.Matches($@"resumed after being blocked for 00:00:\d\d\.\d+ by .*\[GET /slow from {slow.LocalEndPoint}\]", end.Text);
        var after = await RunInfo.CaptureAsync(TestHub.Patience);
        var stretch = Assert.Single(after.Hubs.Where(IsOurs).SelectMany(static hub => hub.Blocked),
            static stretch => stretch.Holder.Contains("GET /slow"));
        Assert.True(stretch.Duration >= TimeSpan.FromMilliseconds(100));

        async Task<System.Net.Sockets.Socket> AskAsync(string path, string end)
        {
            var socket = await server.ConnectAsync();
            await server.SendAsync(socket, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            await server.ReceiveUntilAsync(socket, end);
            return socket;
        }

        static bool IsOfSlow((LogLevel Level, EventId Id, string Text, Exception? Exception) line) =>
            line.Id.Id == HubBlocked && line.Text.Contains("/slow");

        bool IsOurs(HubInfo info) => server.Server.Hubs.Hubs.Any(hub => hub.Id == info.Id);
    }

    [Fact]
    public async Task RunInfo_IdleConnection_SaysWhoseItIs()
    {
        await using var server = await SocketServer.StartAsync(hubs: 1);
        using var socket = await server.ConnectAsync();
        await server.SendAsync(socket, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.ReceiveUntilAsync(socket, "hello");
        await server.Server.Hubs.Hubs[0].SettleAsync();
        string text = (await RunInfo.CaptureAsync(TestHub.Patience)).ToString();
        Assert.Contains($"[no request from {socket.LocalEndPoint}]: waits for input since ", text);
    }
}
