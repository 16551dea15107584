using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

public sealed class BodyTests
{
    private const string Chinese = "\u4f60\u597d, world";

    private static async Task<WireResponse> SendAsync(Func<Body> body, string method = "GET", (string, string)[]? headers = null,
        string version = "1.1")
    {
        await using var server = new WireServer(routes => routes.Map("/x", (_, startResponse) =>
        {
            startResponse("200 OK", headers ?? []);
            return body();
        }));
        return WireResponse.ReadAll(await server.ExchangeAsync($"{method} /x HTTP/{version}\r\nHost: a\r\n\r\n"), method).Single();
    }

    private static string Utf8(WireResponse response) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(response.Body));

    private static IEnumerable<string> Lazy(params string[] items)
    {
        foreach (string item in items)
            yield return item;
    }

    [Fact]
    public async Task ContentLength_OfChineseText_CountsBytes()
    {
        foreach (Func<Body> body in new Func<Body>[] { () => Chinese, () => Encoding.UTF8.GetBytes(Chinese),
            () => Body.From([Chinese[..1], Chinese[1..]]), () => new MemoryStream(Encoding.UTF8.GetBytes(Chinese)) })
        {
            var response = await SendAsync(body);
            Assert.Equal("13", response["Content-Length"]);
            Assert.Equal(Chinese, Utf8(response));
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Body_OfKnownSize_GetsItsContentLength(string method)
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "12345", TestContext.Current.CancellationToken);
        var partly = new MemoryStream([0, 0, .. "12345"u8]) { Position = 2 };
        Func<Body>[] bodies = [() => "12345", () => "12345"u8.ToArray(), () => (ReadOnlyMemory<byte>)"12345"u8.ToArray(), () => partly,
            () => new FileInfo(path), () => Body.From(["12", "", "345"]), () => Body.From(["12345"u8.ToArray()])];
        foreach (var body in bodies)
        {
            var response = await SendAsync(body, method);
            Assert.Equal("5", response["Content-Length"]);
            Assert.Equal(method == "GET" ? "12345" : "", response.Body);
        }
        File.Delete(path);
    }

    [Fact]
    public async Task Body_ThatIsEmpty_IsAWholeResponse()
    {
        foreach (Func<Body> body in new Func<Body>[] { () => "", () => default, () => Array.Empty<byte>(), () => (string?)null,
            () => Body.From(Lazy()), () => Body.From(Lazy("", "")) })
            Assert.Equal("0", (await SendAsync(body))["Content-Length"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task ContentLength_OfTheApp_IsObeyed(string method)
    {
        foreach (Func<Body> body in new Func<Body>[] { () => "abcd", () => Body.From(Lazy("ab", "cd")),
            () => new MemoryStream("abcd"u8.ToArray()) })
        {
            var response = await SendAsync(body, method, [("Content-Length", "4")]);
            Assert.Equal("4", response["Content-Length"]);
            Assert.Null(response["Transfer-Encoding"]);
            Assert.Equal(method == "GET" ? "abcd" : "", response.Body);
        }
    }

    [Fact]
    public async Task ContentLength_SmallerThanTheBody_IsAnErrorOfTheApp() =>
        Assert.Equal(500, (await SendAsync(() => "abcd", headers: [("Content-Length", "2")])).Status);

    [Theory]
    [InlineData("1.1", "chunked")]
    [InlineData("1.0", null)]
    public async Task Sequence_OfUnknownSize_IsSentWithoutALength(string version, string? coding)
    {
        var response = await SendAsync(() => Body.From(Lazy("a", "", "bc")), version: version);
        Assert.Equal(coding, response["Transfer-Encoding"]);
        Assert.Equal("abc", response.Body);
    }

    [Fact]
    public async Task Sequence_EachItem_IsSentBeforeTheNextIsAskedFor()
    {
        var gates = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        async IAsyncEnumerable<string> Items()
        {
            for (int i = 0; i < gates.Length; i++)
            {
                await gates[i].Task;
                yield return $"item {i}";
            }
        }
        await using var server = new WireServer(routes => routes.Map("/x", (_, startResponse) =>
        {
            startResponse("200 OK", []);
            return Body.From(Items());
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("", await server.ReceiveNowAsync(peer)); // no head before the first bytes
        for (int i = 0; i < gates.Length; i++)
        {
            gates[i].SetResult();
            await server.SettleAsync();
            Assert.Contains($"6\r\nitem {i}\r\n", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Sequence_ThatIsPulled_IsSentItemByItem()
    {
        MemoryPeerProbe? probe = null;
        var seen = new List<bool>();
        IEnumerable<string> Items()
        {
            yield return "first";
            seen.Add(probe!.Text().Contains("first", StringComparison.Ordinal));
            yield return "second";
            seen.Add(probe.Text().Contains("second", StringComparison.Ordinal));
        }
        await using var server = new WireServer(routes => routes.Map("/x", (_, startResponse) =>
        {
            startResponse("200 OK", []);
            return Body.From(Items());
        }));
        var peer = server.Connect();
        probe = new MemoryPeerProbe(peer);
        await server.SendAsync(peer, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal([true, true], seen);
    }

    [Fact]
    public async Task Picture_IsSentByteForByte()
    {
        byte[] picture = [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x80, 0xFE, .. Enumerable.Range(0, 256).Select(static value => (byte)value)];
        var response = await SendAsync(() => picture, headers: [("Content-Type", "image/jpeg")]);
        Assert.Equal(picture, Encoding.Latin1.GetBytes(response.Body));
    }

    [Fact]
    public async Task File_ThatIsNotThere_Is500() => Assert.Equal(500, (await SendAsync(() => new FileInfo("/nowhere/at/all"))).Status);

    [Fact]
    public async Task FileWrapper_SendsTheStream()
    {
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            startResponse("200 OK", []);
            return ((Func<Stream, int, Body>)environ["wsgi.file_wrapper"]!)(new MemoryStream("wrapped"u8.ToArray()), 3);
        }));
        Assert.Equal("wrapped", WireResponse.Parse(await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")).Body);
    }

    [Fact]
    public void Body_HoldingTheSame_IsEqual()
    {
        Body one = Chinese;
        Body same = Chinese;
        Assert.True(one == same);
        Assert.True(one != default);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
    }

    private sealed class MemoryPeerProbe(MemoryPeer peer)
    {
        private string _text = "";

        internal string Text() => _text += Encoding.Latin1.GetString(peer.ReceiveAsync(0).GetAwaiter().GetResult());
    }
}
