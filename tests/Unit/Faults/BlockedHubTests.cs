using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Http.EndToEnd;

namespace AsyncServer.Unit.Faults;

/// <summary>Apps that break the rules of the hub (faults 21 and 27).</summary>
public sealed class BlockedHubTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task App_BlocksItsHub_OtherHubsServe()
    {
        using var gate = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource();
        await using var server = await SocketServer.StartAsync(routes => routes.Map("/block", (_, _) =>
        {
            blocked.TrySetResult();
            gate.Wait(CancellationToken.None);
            return Response.Text("done");
        }), hubs: 2);
        using var first = await server.ConnectAsync();
        using var second = await server.ConnectAsync();
        foreach (var socket in new[] { first, second })
        {
            await server.SendAsync(socket, Hello);
            await server.ReceiveUntilAsync(socket, "hello");
        }
        Assert.All(server.Server.Hubs.Hubs, hub => Assert.Equal(1, hub.ConnectionCount)); // each has one of them
        await server.SendAsync(first, "GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
        await blocked.Task.WaitAsync(server.Cancellation);
        await server.SendAsync(second, Hello);
        await server.ReceiveUntilAsync(second, "hello");
        gate.Set();
        await server.ReceiveUntilAsync(first, "done");
    }

    [Fact]
    public async Task Coroutine_ThatNobodyAwaits_Throws_IsLoggedByNameAndTheServerLives()
    {
        await using var server = await SocketServer.StartAsync(routes => routes.Map("/spawn", (_, _) =>
        {
            Coroutine.Spawn(async () =>
            {
                await Coroutine.Yield();
                throw new InvalidOperationException("nobody hears this");
            });
            return Response.Text("spawned");
        }));
        using var socket = await server.ConnectAsync();
        await server.SendAsync(socket, "GET /spawn HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.ReceiveUntilAsync(socket, "spawned");
        while (server.Log.Lines.All(line => line.Exception?.Message != "nobody hears this"))
        {
            server.Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Assert.Contains(server.Log.Lines, line => line.Text.StartsWith("The coroutine ", StringComparison.Ordinal) && line.Text.EndsWith(" failed and nobody awaits it", StringComparison.Ordinal));
        await server.SendAsync(socket, Hello);
        await server.ReceiveUntilAsync(socket, "hello");
    }
}
