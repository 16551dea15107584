using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>Each refusal reaches the client, says that the connection ends, and nothing after it is read as a request.</summary>
public sealed class RefusalTests
{
    private const string Good = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST /echo HTTP/1.1\r\nHost: a\r\n";

    public static TheoryData<int, string> Refused => new()
    {
        { 400, "GET /hello HTTP/1.1\nHost: a\n\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a\r\nA(: b\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a\r\nA: \0\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost:\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n" },
        { 400, "GET /hello#x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /hello HTTP/1.1x\r\nHost: a\r\n\r\n" },
        { 505, "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n" },
        { 501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 417, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: something\r\nContent-Length: 1\r\n\r\nx" },
        { 400, Post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, Post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx" },
        { 400, Post + "Content-Length: 1, 1\r\n\r\nx" },
        { 400, Post + "Content-Length: +1\r\n\r\nx" },
        { 400, Post + "Content-Length: -0\r\n\r\n" },
        { 400, Post + "Content-Length: 0x1\r\n\r\nx" },
        { 400, Post + "Content-Length: 1_0\r\n\r\n0123456789" },
        { 400, Post + "Content-Length: 99999999999999999999\r\n\r\n" },
        { 400, "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, Post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" },
        { 400, Post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" },
        { 501, Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { 400, Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, Post + "Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\n" },
        { 400, Post + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" },
        { 400, Post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nx" },
        { 400, Post + "Transfer-Encoding: chunked\r\n\r\n1\r\nxyz" },
        { 400, Post + "Transfer-Encoding: chunked\r\n\r\n1 \r\nx\r\n0\r\n\r\n" },
        { 400, Post + "Transfer-Encoding: chunked\r\n\r\n0\r\nGET /hello HTTP/1.1\r\n\r\n" },
        { 413, Post + "Content-Length: 1001\r\n\r\n" },
        { 413, Post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refused_GoodRequestsAround_OnlyTheOneBeforeIsAnswered(int status, string message)
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole), new HttpLimits { MaxRequestBodySize = 1000 });
        var peer = server.Connect();
        await server.SendAsync(peer, Good + message + Good);
        await server.SendAsync(peer, Good);
        var responses = WireResponse.ReadAll(await server.ReceiveToEndAsync(peer));
        Assert.Equal([200, status], responses.Select(response => response.Status));
        Assert.Equal("close", responses[1]["Connection"]);
        Assert.False(peer.WasReset);
        Assert.False(peer.IsClosed); // what still arrives is dropped, so that no reset eats the answer
        peer.ShutdownSend();
        await server.SettleAsync();
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Refused_Head_AnswersWithoutABody()
    {
        await using var server = new WireServer();
        string text = await server.ExchangeAsync("HEAD /hello HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_AnswersToEarlierRequestsFillTheOutput_StillReachesTheClient()
    {
        for (int filler = 15_000; filler < 16_400; filler += 50)
        {
            await using var server = new WireServer(routes => routes.Map("/filler", (_, _) => Response.Text(new string('x', filler))));
            var peer = server.Connect(capacity: 500);
            await server.SendAsync(peer, "GET /filler HTTP/1.1\r\nHost: a\r\n\r\nbad\r\n\r\n" + Good);
            var responses = WireResponse.ReadAll(await server.ReceiveToEndAsync(peer));
            Assert.Equal([200, 400], responses.Select(response => response.Status));
            peer.ShutdownSend();
            await server.SettleAsync();
        }
    }

    [Theory]
    [InlineData("\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "hello")]
    [InlineData("GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n", "hello")]
    [InlineData("GET /hello HTTP/1.1\r\nHost: \t a \t\r\nA: caf\u00e9\r\n\r\n", "hello")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \t2 \r\n\r\nab", "ab")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n2\r\nab\r\n0\r\n\r\n", "ab")]
    public async Task Accepted_SinceTheRfcSaysSo_IsAnswered(string message, string body)
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole));
        Assert.Equal((200, body), WireResponse.ReadAll(await server.ExchangeAsync(message)) is [var one] ? (one.Status, one.Body)
            : default);
    }
}
