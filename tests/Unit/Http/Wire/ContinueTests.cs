using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class ContinueTests
{
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Expecting = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    private static WireServer Create() => new(routes => routes.Map("/echo", EchoApp.Whole));

    [Fact]
    public async Task Expect_AppReads_Sends100OnceThenTheAnswer()
    {
        await using var server = Create();
        var peer = server.Connect();
        await server.SendAsync(peer, Expecting);
        Assert.Equal(Continue, await server.ReceiveNowAsync(peer));
        await server.SendAsync(peer, "a");
        Assert.Equal("", await server.ReceiveNowAsync(peer));
        await server.SendAsync(peer, "bc" + Hello);
        var responses = WireResponse.ReadAll(await server.ReceiveNowAsync(peer));
        Assert.Equal(["abc", "hello"], responses.Select(response => response.Body));
    }

    // Bug: while a full socket held the 100 back, the head that the app wrote meanwhile went out in front of it.
    [Fact]
    public async Task Expect_AppWritesWhileTheHundredWaits_ItStillComesFirst()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/both", async (request, response, cancellation) =>
        {
            response.ContentLength = 3;
            byte[] body = new byte[3];
            var reading = request.Body.ReadExactlyAsync(body, cancellation);
            await response.WriteAsync("xyz"u8.ToArray());
            await reading;
        }));
        var peer = server.Connect(capacity: 30);
        peer.Send(Encoding.ASCII.GetBytes(Hello + Expecting.Replace("/echo", "/both", StringComparison.Ordinal)));
        string text = "";
        while (!text.Contains(Continue, StringComparison.Ordinal))
            text += Encoding.Latin1.GetString(await peer.ReceiveAsync(1, server.Cancellation));
        peer.Send("abc"u8);
        peer.ShutdownSend();
        text += await server.ReceiveToEndAsync(peer);
        Assert.Equal([200, 100, 200], WireResponse.ReadAll(text).Select(response => response.Status));
        Assert.EndsWith("xyz", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expect_AppNeverReads_SendsNo100AndCloses()
    {
        await using var server = Create();
        var peer = server.Connect();
        await server.SendAsync(peer, Expecting.Replace("/echo", "/hello", StringComparison.Ordinal));
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal((200, "close"), (response.Status, response["Connection"]));
        await server.SendAsync(peer, Hello); // the refused body must not be read as a request
        Assert.Equal("", await server.ReceiveNowAsync(peer));
    }

    [Fact]
    public async Task Expect_BodyCameAlready_SendsNo100()
    {
        await using var server = Create();
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync(Expecting + "abc")));
        Assert.Equal("abc", response.Body);
    }

    [Fact]
    public async Task Expect_WithoutABody_SendsNo100()
    {
        await using var server = Create();
        string text = await server.ExchangeAsync(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n" + Hello);
        Assert.Equal([200, 200], WireResponse.ReadAll(text).Select(response => response.Status));
    }

    [Fact]
    public async Task Expect_Http10_IsIgnored()
    {
        await using var server = Create();
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /echo HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("", await server.ReceiveNowAsync(peer));
        await server.SendAsync(peer, "abc");
        Assert.Equal("abc", Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Body);
    }

    [Fact]
    public async Task Expect_BehindAPipelinedRequest_The100ComesAfterItsAnswer()
    {
        await using var server = Create();
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + Expecting);
        string text = await server.ReceiveNowAsync(peer);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("hello" + Continue, text, StringComparison.Ordinal);
        await server.SendAsync(peer, "abc");
        Assert.Equal("abc", WireResponse.ReadAll(await server.ReceiveNowAsync(peer))[0].Body);
    }

    [Fact]
    public async Task Expect_BodyTooLarge_413WithoutA100()
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole), new HttpLimits { MaxRequestBodySize = 2 });
        var peer = server.Connect();
        await server.SendAsync(peer, Expecting);
        Assert.Equal(413, Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Status);
    }
}
