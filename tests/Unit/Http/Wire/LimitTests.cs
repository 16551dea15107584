using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class LimitTests
{
    private const string Good = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData(414)]
    [InlineData(431)]
    public async Task Head_AMegabyteLong_IsRefusedAndTheClientReceivesIt(int status)
    {
        await using var server = new WireServer();
        string huge = new('x', 1_000_000);
        var peer = server.Connect();
        await server.SendAsync(peer, status == 414 ? $"GET /{huge} HTTP/1.1\r\n" : $"GET /hello HTTP/1.1\r\nHost: a\r\nA: {huge}\r\n");
        await server.SendAsync(peer, Good);
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal((status, "close"), (response.Status, response["Connection"]));
        peer.ShutdownSend();
        await server.SettleAsync();
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task Head_FortyKilobytes_GrowsTheBufferAndStaysReadable()
    {
        await using var server = new WireServer(routes => routes.Map("/big", async (request, _) =>
        {
            string body = await EchoApp.ReadTextAsync(request);
            return Response.Text(
                $"{request.Query["q"].ToString().Length} {request.Headers["A"]!.Length} {request.Headers["Z"]} {body.Length}");
        }));
        string head =
            $"POST /big?q={new string('q', 8_000)} HTTP/1.1\r\nHost: a\r\nA: {new string('a', 32_000)}\r\nZ: last\r\nContent-Length: "
            + "100000\r\n\r\n";
        string text = await server.ExchangeAsync(head + new string('b', 100_000) + Good);
        Assert.Equal(["8000 32000 last 100000", "hello"], WireResponse.ReadAll(text).Select(response => response.Body));
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(101, 431)]
    public async Task HeaderCount_AtTheLimit(int count, int status)
    {
        await using var server = new WireServer();
        string headers = string.Concat(Enumerable.Range(1, count - 1).Select(n => $"A{n}: b\r\n"));
        string text = await server.ExchangeAsync($"GET /hello HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        Assert.Equal(status, WireResponse.ReadAll(text)[0].Status);
    }

    [Theory]
    [InlineData(10, 200)]
    [InlineData(11, 413)]
    public async Task Body_AtTheLimit(int length, int status)
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole), new HttpLimits { MaxRequestBodySize = 10 });
        string body = new('x', length);
        string byLength = await server.ExchangeAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");
        string inChunks = await server.ExchangeAsync(
            $"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
            + $"chunked\r\n\r\n5\r\nxxxxx\r\n{length - 5:x}\r\n{body[5..]}\r\n0\r\n\r\n");
        Assert.Equal([status, status], WireResponse.ReadAll(byLength + inChunks).Select(response => response.Status));
    }

    [Fact]
    public async Task Zero_MeansNoLimit()
    {
        var limits = new HttpLimits
        {
            MaxRequestLineSize = 0,
            MaxRequestHeadersTotalSize = 0,
            MaxRequestHeaderCount = 0,
            MaxRequestBodySize = 0
        };
        await using var server = new WireServer(limits: limits);
        string headers = string.Concat(Enumerable.Repeat($"A: {new string('x', 1000)}\r\n", 200));
        string text = await server.ExchangeAsync($"GET /hello?{new string('x', 20_000)} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        Assert.Equal(200, WireResponse.ReadAll(text)[0].Status);
    }

    [Fact]
    public async Task MaxRequestsPerConnection_LastAnswer_SaysClose()
    {
        await using var server = new WireServer(limits: new HttpLimits { MaxRequestsPerConnection = 2 });
        var responses = WireResponse.ReadAll(await server.ExchangeAsync(Good + Good + Good));
        Assert.Equal([null, "close"], responses.Select(response => response["Connection"]));
    }

    [Fact]
    public async Task NegativeLimit_NamesIt()
    {
        var exception = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
        {
            _ = new HttpServer(new HttpServerOptions { Limits = new HttpLimits { MaxRequestHeaderCount = -1 } });
            return Task.CompletedTask;
        });
        Assert.Equal("MaxRequestHeaderCount", exception.ParamName);
    }
}
