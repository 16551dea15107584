using System.Security.Cryptography;
using System.Text;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Models;

/// <summary>
/// The same requests to the program under every model. Each test ends its connections: a sequential server serves nobody else meanwhile.
/// </summary>
public sealed class ModelServingTests(ModelServers servers) : IClassFixture<ModelServers>
{
    public static TheoryData<string> Models => ModelCommandLines.All;

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task KeepAlive_FileModuleAndMissing_OneConnectionGetsAll(string model)
    {
        using var client = await servers.ConnectAsync(model);
        Assert.Contains("<title>AsyncServer", await client.GetAsync("/"), StringComparison.Ordinal);
        Assert.Equal("Hello, this is plain", await client.GetAsync("/say_hello.py"));
        Assert.Contains("<title>AsyncServer", await client.GetAsync("/"), StringComparison.Ordinal);
        await client.SendAsync("GET /nobody.py HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var (head, body) = await client.ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", head, StringComparison.Ordinal);
        Assert.Equal("no such module\n"u8, body);
        await client.AssertEndAsync();
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task Pipelining_RequestsInOneSend_AreAnsweredInOrder(string model)
    {
        const int requests = 40; // more than a connection's turn
        using var client = await servers.ConnectAsync(model);
        var all = new StringBuilder();
        for (int i = 0; i < requests; i++)
            all.Append($"POST /echo.py HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{i:00}");
        await client.SendAsync(all.ToString());
        for (int i = 0; i < requests; i++)
            Assert.Equal($"{i:00}", Encoding.ASCII.GetString((await client.ReceiveAsync()).Body));
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task Body_TenMegabytesBothWays_ComeBackIdentical(string model)
    {
        byte[] sent = new byte[10_000_000];
        new Random(1).NextBytes(sent);
        using var client = await servers.ConnectAsync(model);
        var answer = client.ReceiveAsync();
        await client.SendAsync($"POST /echo.py HTTP/1.1\r\nHost: a\r\nContent-Length: {sent.Length}\r\n\r\n");
        await client.SendAsync(sent);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData((await answer).Body));
        Assert.Equal("Hello, this is plain", await client.GetAsync("/say_hello.py"));
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task Request_InPieces_IsPutTogether(string model)
    {
        using var client = await servers.ConnectAsync(model);
        foreach (string piece in (string[])["POST /ec", "ho.py HTTP/1.1\r\nHost: a\r\nTransfer-Enc",
            "oding: chunked\r\nExpect: 100-continue\r\n\r\n"])
            await client.SendAsync(piece);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", (await client.ReceiveAsync()).Head);
        await client.SendAsync("3\r\nabc\r\n");
        await client.SendAsync("0\r\n\r\n");
        var (head, _) = await client.ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
    }
}
