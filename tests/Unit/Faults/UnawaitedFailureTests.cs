using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Http.EndToEnd;

namespace AsyncServer.Unit.Faults;

/// <summary>Fault 27: an exception that nobody awaits.</summary>
public sealed class UnawaitedFailureTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

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
        Assert.Contains(server.Log.Lines, line => line.Text.StartsWith("The coroutine ", StringComparison.Ordinal)
            && line.Text.EndsWith(" failed and nobody awaits it", StringComparison.Ordinal));
        await server.SendAsync(socket, Hello);
        await server.ReceiveUntilAsync(socket, "hello");
    }
}
