using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class SplitInputTests
{
    private const string End = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData("GET /hello?x=1 HTTP/1.1\r\nHost: a\r\n\r\n" + End)]
    [InlineData("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + End)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world" + End)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nA: "
        + "b\r\n\r\n" + End)]
    [InlineData("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nxxxxxGET /none HTTP/1.1\r\nHost: a\r\n\r\n" + End)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost : a\r\n\r\n" + End)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n" + End)]
    [InlineData("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n")]
    public async Task Conversation_CutAnywhere_AnswersTheSameBytes(string conversation)
    {
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole));
        string whole = await server.ExchangeAsync(conversation);
        Assert.NotEmpty(whole);
        for (int cut = 1; cut < conversation.Length; cut++)
        {
            var peer = server.Connect();
            await server.SendAsync(peer, conversation[..cut]);
            await server.SendAsync(peer, conversation[cut..]);
            peer.ShutdownSend();
            Assert.Equal(whole, await server.ReceiveToEndAsync(peer));
        }
    }

    [Fact]
    public async Task Conversation_ByteByByte_AnswersTheSameBytes()
    {
        const string Conversation = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + End;
        await using var server = new WireServer(routes => routes.Map("/echo", EchoApp.Whole));
        string whole = await server.ExchangeAsync(Conversation);
        var peer = server.Connect();
        foreach (char c in Conversation)
            await server.SendAsync(peer, c.ToString());
        peer.ShutdownSend();
        Assert.Equal(whole, await server.ReceiveToEndAsync(peer));
    }
}
