using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class Http10Tests
{
    private const string KeepAlive = "GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";

    [Fact]
    public async Task Http10_WithoutKeepAlive_Closes()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /hello HTTP/1.0\r\n\r\n" + KeepAlive);
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal(("hello", "close"), (response.Body, response["Connection"]));
        peer.ShutdownSend();
        await server.SettleAsync();
    }

    [Fact]
    public async Task Http10_KeepAlive_IsAnnouncedAndWorks()
    {
        await using var server = new WireServer();
        var responses = WireResponse.ReadAll(await server.ExchangeAsync(KeepAlive + KeepAlive));
        Assert.Equal(["keep-alive", "keep-alive"], responses.Select(response => response["Connection"]));
    }

    [Fact]
    public async Task Http10_UnknownLength_IsSentRawAndEndsTheConnection()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/a", async (_, response, _) =>
        {
            await response.WriteAsync("one"u8.ToArray());
            await response.WriteAsync("two"u8.ToArray());
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + KeepAlive);
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal(("onetwo", "close", null), (response.Body, response["Connection"], response["Transfer-Encoding"]));
        peer.ShutdownSend();
        await server.SettleAsync();
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Http10_AppFailsInsideOfAnUnknownLength_IsResetNotEnded()
    {
        // A FIN would tell that this is the whole.
        await using var server = new WireServer(routes => routes.MapHandler("/a", async (_, response, _) =>
        {
            await response.WriteAsync("one"u8.ToArray());
            await response.FlushAsync();
            throw new InvalidOperationException("no");
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /a HTTP/1.0\r\n\r\n");
        await server.ReceiveToEndAsync(peer);
        Assert.True(peer.WasReset);
    }

    [Fact]
    public async Task Http10_WithoutHost_HasAnEmptyOne()
    {
        await using var server = new WireServer(routes =>
            routes.Map("/a", (request, _) => Response.Text($"{request.Protocol}[{request.Host}]")));
        Assert.Equal("HTTP/1.0[]", WireResponse.ReadAll(await server.ExchangeAsync("GET /a HTTP/1.0\r\n\r\n"))[0].Body);
    }

    [Fact]
    public async Task Http12_IsServedAs11()
    {
        await using var server = new WireServer();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await server.ExchangeAsync("GET /hello HTTP/1.2\r\nHost: a\r\n\r\n"),
            StringComparison.Ordinal);
    }
}
