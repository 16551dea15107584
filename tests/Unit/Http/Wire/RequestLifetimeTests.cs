using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class RequestLifetimeTests
{
    private const string Keep = "POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task Request_UsedAfterIt_ThrowsAndNeverShowsAnothers()
    {
        Request request = default;
        ResponseWriter response = default;
        Stream body = Stream.Null;
        await using var server = new WireServer(routes => routes.MapHandler("/keep", (current, writer, _) =>
        {
            (request, response, body) = (current, writer, current.Body);
            return default;
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Keep + "GET /hello HTTP/1.1\r\nHost: secret\r\n\r\n");
        Action[] uses =
        [
            () => _ = request.Method, () => _ = request.Path, () => _ = request.Target, () => _ = request.Host, () => _ = request.Query,
            () => _ = request.Headers["Host"], () => _ = request.Headers.Count, () => _ = request.Body, () => _ = request.ContentLength,
            () => _ = request.Trailers, () => _ = request.RemoteEndPoint, () => _ = request.ReadAsync(new byte[1]).AsTask(),
            () => _ = response.StatusCode, () => response.StatusCode = 200, () => _ = response.Headers, () => _ = response.HasStarted,
            () => _ = response.OmitsBody, () => _ = response.WriteAsync(new byte[1]).AsTask(), () => _ = response.FlushAsync().AsTask(),
        ];
        await server.Hub.InvokeAsync(() =>
        {
            foreach (var use in uses)
                Assert.Throws<ObjectDisposedException>(use);
            return Task.CompletedTask;
        });
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await body.ReadExactlyAsync(new byte[1], server.Cancellation));
        Assert.Throws<ObjectDisposedException>(() => default(Request).Method);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("throw")]
    [InlineData("wait")]
    public async Task AsyncLocal_SetByAnApp_IsNotSeenByTheNextRequest(string how)
    {
        await using var server = new WireServer(routes =>
        {
            routes.MapHandler("/set", (_, response, _) =>
            {
                Ambient.Value = "leaked";
                return how switch
                {
                    "throw" => throw new InvalidOperationException("no"),
                    "wait" => WaitAsync(response),
                    _ => default,
                };
            });
            routes.Map("/get", (_, _) => Response.Text(Ambient.Value ?? "nothing"));
        });
        const string Set = "GET /set HTTP/1.1\r\nHost: a\r\n\r\n";
        const string Get = "GET /get HTTP/1.1\r\nHost: a\r\n\r\n";
        var peer = server.Connect();
        await server.SendAsync(peer, Set + Get);
        await server.SendAsync(peer, Get);
        Assert.Equal(["nothing", "nothing"], WireResponse.ReadAll(await server.ReceiveNowAsync(peer)).Skip(1)
            .Select(response => response.Body));
    }

    private static async ValueTask WaitAsync(ResponseWriter response)
    {
        await Task.Yield();
        Assert.Equal("leaked", Ambient.Value); // its own
        await response.WriteTextAsync("x");
    }

    [Fact]
    public async Task Headers_SetAfterTheHead_AreRefused()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/late", async (_, response, _) =>
        {
            await response.WriteAsync("x"u8.ToArray());
            Assert.True(response.HasStarted);
            Assert.Throws<InvalidOperationException>(() => response.StatusCode = 500);
            Assert.Throws<InvalidOperationException>(() => response.Reason = "no");
            Assert.Throws<InvalidOperationException>(() => response.ContentLength = 1);
            Assert.Throws<InvalidOperationException>(() => response.Headers.Add("A", "b"));
        }));
        Assert.Equal("x", WireResponse.ReadAll(await server.ExchangeAsync("GET /late HTTP/1.1\r\nHost: a\r\n\r\n"))[0].Body);
    }
}
