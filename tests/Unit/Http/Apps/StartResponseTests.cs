using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

public sealed class StartResponseTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    private static WireServer Create(Application app) => new(routes => routes.Map("/x", app));

    private static async Task<WireResponse> GetAsync(Application app)
    {
        await using var server = Create(app);
        return WireResponse.ReadAll(await server.ExchangeAsync(Get)).Single();
    }

    private static async Task<(WireResponse Response, Exception? Failure)> FailAsync(Application app)
    {
        await using var server = Create(app);
        var response = WireResponse.ReadAll(await server.ExchangeAsync(Get)).Single();
        return (response, server.Log.Lines.Single(line => line.Id.Id == 11).Exception);
    }

    [Fact]
    public async Task StatusAndHeaders_AreSentInOrder_WithTheServersOwn()
    {
        var response = await GetAsync((_, startResponse) =>
        {
            startResponse("404 Nothing Here", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]);
            return new ValueTask<Body>("gone");
        });
        Assert.StartsWith(
            "HTTP/1.1 404 Nothing Here\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 4\r\nDate: ",
            response.Head, StringComparison.Ordinal);
        Assert.Equal("AsyncServer", response["Server"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("200")]
    [InlineData("200 ")]
    [InlineData("200OK")]
    [InlineData("20 OK")]
    [InlineData("2000 OK")]
    [InlineData(" 200 OK")]
    [InlineData("200  OK")]
    [InlineData("200 OK ")]
    [InlineData("+20 OK")]
    [InlineData("\u0662\u0660\u0660 OK")]
    [InlineData("100 Continue")]
    [InlineData("200 OK\r\nX: y")]
    [InlineData("200 \u4f60")]
    public async Task Status_ThatIsNone_IsRefused(string status)
    {
        var (response, failure) = await FailAsync((_, startResponse) =>
        {
            startResponse(status, []);
            return new ValueTask<Body>("never");
        });
        Assert.Equal(500, response.Status);
        Assert.IsType<ArgumentException>(failure);
    }

    [Theory]
    [InlineData("Connection", "close")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Keep-Alive", "x")]
    [InlineData("Upgrade", "h2c")]
    [InlineData("X", "a\r\nSet-Cookie: b")]
    [InlineData("X Y", "a")]
    [InlineData("Content-Length", "-1")]
    [InlineData("Content-Length", "4, 4")]
    public async Task Header_ThatMayNotBe_IsRefused(string name, string value)
    {
        var (response, failure) = await FailAsync((_, startResponse) =>
        {
            startResponse("200 OK", [(name, value)]);
            return new ValueTask<Body>("text");
        });
        Assert.Equal(500, response.Status);
        Assert.IsType<ArgumentException>(failure);
    }

    [Fact]
    public async Task ContentLength_Twice_IsRefused()
    {
        var (response, _) = await FailAsync((_, startResponse) =>
        {
            startResponse("200 OK", [("Content-Length", "4"), ("content-length", "5")]);
            return new ValueTask<Body>("text");
        });
        Assert.Equal(500, response.Status);
    }

    [Fact]
    public async Task NeverCalled_Is500AndTheLogSaysSo()
    {
        Body[] bodies = ["text", "bytes"u8.ToArray(), default, Body.From(["a"]), Body.From(Array.Empty<string>()), new MemoryStream([1])];
        foreach (var body in bodies)
        {
            var (response, failure) = await FailAsync((_, _) => new ValueTask<Body>(body));
            Assert.Equal(500, response.Status);
            Assert.Contains("start_response", failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SecondCall_WithoutExcInfo_IsRefused()
    {
        var (response, failure) = await FailAsync((_, startResponse) =>
        {
            startResponse("200 OK", []);
            startResponse("404 Not Found", []);
            return new ValueTask<Body>("text");
        });
        Assert.Equal(500, response.Status);
        Assert.Contains("second time without excInfo", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondCall_WithExcInfoBeforeTheHead_ReplacesStatusAndHeaders()
    {
        var response = await GetAsync((_, startResponse) =>
        {
            startResponse("200 OK", [("X-First", "1"), ("Content-Length", "1000")]);
            startResponse("503 Service Unavailable", [("Content-Type", "text/plain")], new InvalidOperationException("x"));
            return new ValueTask<Body>("sorry");
        });
        Assert.Equal(503, response.Status);
        Assert.Null(response["X-First"]);
        Assert.Equal("sorry", response.Body);
    }

    [Fact]
    public async Task FirstCall_WithExcInfo_BeginsAsUsual() => Assert.Equal(500, (await GetAsync((_, startResponse) =>
    {
        startResponse("500 Oops", [], new InvalidOperationException("x"));
        return new ValueTask<Body>("oops");
    })).Status);

    [Fact]
    public async Task SecondCall_WithExcInfoAfterTheHead_RethrowsItAndCutsTheConnection()
    {
        var original = new InvalidOperationException("the original");
        await using var server = Create(async (_, startResponse) =>
        {
            var write = startResponse("200 OK", []);
            await write("half"u8.ToArray());
            startResponse("500 Oops", [], original);
            return "never";
        });
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        Assert.EndsWith("4\r\nhalf\r\n", await server.ReceiveToEndAsync(peer), StringComparison.Ordinal);
        Assert.True(peer.WasReset);
        Assert.Same(original, server.Log.Lines.Single(line => line.Id.Id == 11).Exception);
    }

    [Fact]
    public async Task SecondCall_AfterARefusedFirst_IsTheFirst() => Assert.Equal("text", (await GetAsync((_, startResponse) =>
    {
        Assert.Throws<ArgumentException>(() => startResponse("200 OK", [("X-Good", "1"), ("X Bad", "2")]));
        startResponse("200 OK", []);
        return new ValueTask<Body>("text");
    })).Body);

    [Fact]
    public async Task Head_IsNotSentBeforeTheFirstBytes()
    {
        var go = new TaskCompletionSource();
        await using var server = Create(async (_, startResponse) =>
        {
            startResponse("200 OK", []);
            await go.Task;
            return "text";
        });
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        Assert.Equal("", await server.ReceiveNowAsync(peer));
        go.SetResult();
        await server.SettleAsync();
        Assert.EndsWith("text", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_SendsAtOnce_AndComesBeforeTheReturnedBody()
    {
        var go = new TaskCompletionSource();
        await using var server = Create(async (_, startResponse) =>
        {
            var write = startResponse("200 OK", []);
            await write(ReadOnlyMemory<byte>.Empty);
            await write("first "u8.ToArray());
            await go.Task;
            await write("second "u8.ToArray());
            return "third";
        });
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        string begin = await server.ReceiveNowAsync(peer);
        Assert.EndsWith("6\r\nfirst \r\n", begin, StringComparison.Ordinal);
        go.SetResult();
        await server.SettleAsync();
        Assert.Equal("first second third", WireResponse.ReadAll(begin + await server.ReceiveNowAsync(peer)).Single().Body);
    }

    [Fact]
    public async Task Write_ThenEveryKindOfBody_GoesOnWithIt()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "file", TestContext.Current.CancellationToken);
        Func<Body>[] bodies = [() => "text", () => "bytes"u8.ToArray(), () => new MemoryStream("stream"u8.ToArray()),
            () => new FileInfo(path), () => Body.From(["li", "st"]), () => default];
        var sent = new List<string>();
        foreach (var body in bodies)
        {
            sent.Add((await GetAsync(async (_, startResponse) =>
            {
                await startResponse("200 OK", [])(">"u8.ToArray());
                return body();
            })).Body);
        }
        File.Delete(path);
        Assert.Equal([">text", ">bytes", ">stream", ">file", ">list", ">"], sent);
    }

    [Fact]
    public async Task Throws_AfterStartResponse_500WithNothingLeftOver()
    {
        var (response, _) = await FailAsync((_, startResponse) =>
        {
            startResponse("200 OK", [("X-Left", "over")]);
            throw new InvalidOperationException("secret");
        });
        Assert.Equal(500, response.Status);
        Assert.Null(response["X-Left"]);
        Assert.DoesNotContain("secret", response.Body, StringComparison.Ordinal);
    }
}
