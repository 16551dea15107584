using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>Connections that must end, or must go on, whatever waits beside each other.</summary>
public sealed class LostDeadlineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("/hello", 4)] // the head of a later answer finds no room
    [InlineData("/long", 2000)] // its body does
    public async Task EndlessPipeline_NeverRead_IsCutOff(string path, int length)
    {
        await using var server = new WireServer(routes => routes.Map("/long", (_, _) => Response.Text(new string('x', length))));
        var peer = server.Connect(capacity: 600);
        string request = $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n";
        await server.SendAsync(peer, string.Concat(Enumerable.Repeat(request, 1000)));
        for (int i = 0; i < 60 && !peer.IsClosed; i++)
            await server.AdvanceAsync(Second);
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task SlowApp_ReadsAllTheTimeAndNeverWaitsForItsClient_IsNotCutOff()
    {
        TaskCompletionSource turn = new();
        await using var server = new WireServer(routes => routes.MapHandler("/slow", async (request, _, _) =>
        {
            byte[] piece = new byte[1];
            while (await request.ReadAsync(piece) > 0)
                await (turn = new TaskCompletionSource()).Task;
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
        await server.SendAsync(peer, "12345678"); // what the app asks for is always there
        for (int i = 0; i < 8; i++)
        {
            await server.AdvanceAsync(250 * Second);
            Assert.False(peer.IsClosed);
            turn.SetResult();
            await server.SettleAsync();
        }
        Assert.Contains("200 OK", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteThatALimitInterrupts_AppHangsAfterwards_ItsRequestTimeoutHolds()
    {
        var never = new TaskCompletionSource();
        await using var server = new WireServer(routes => routes.MapHandler("/hang", async (_, response, _) =>
        {
            var writing = Coroutine.Spawn(async () =>
            {
                while (true)
                    await response.WriteAsync(new byte[1000]);
            });
            await Coroutine.Sleep(Second, CancellationToken.None);
            await writing.KillAsync();
            await never.Task;
        }), new HttpLimits { SendTimeout = TimeSpan.Zero, MinResponseDataRate = 0 });
        var peer = server.Connect(capacity: 600);
        await server.SendAsync(peer, "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.AdvanceAsync(Second);
        await server.AdvanceAsync(300 * Second);
        Assert.True(peer.WasReset);
        never.SetResult();
    }
}
