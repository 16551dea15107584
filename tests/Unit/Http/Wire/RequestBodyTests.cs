using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class RequestBodyTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n")]
    public async Task HalfClose_InsideTheBody_AppSeesAnErrorNotAShortBody(string rest)
    {
        Exception? seen = null;
        await using var server = new WireServer(routes => routes.Map("/echo", async (request, cancellation) =>
        {
            try { return await EchoApp.Whole(request, cancellation); }
            catch (IOException exception) { seen = exception; throw; }
        }));
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync("POST /echo HTTP/1.1\r\nHost: a\r\n" + rest)));
        Assert.Equal((400, "close"), (response.Status, response["Connection"]));
        Assert.IsType<RequestBodyException>(seen);
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task HalfClose_AfterTheRequest_TheWholeResponseArrivesAndNothingIsCancelled()
    {
        var gate = new TaskCompletionSource();
        bool cancelled = false;
        await using var server = new WireServer(routes => routes.Map("/slow", async (_, cancellation) =>
        {
            await gate.Task;
            cancelled = cancellation.IsCancellationRequested;
            return Response.Bytes(new byte[200_000]);
        }));
        var peer = server.Connect(capacity: 4096);
        await server.SendAsync(peer, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        peer.ShutdownSend();
        await server.SettleAsync();
        gate.SetResult();
        Assert.Equal(200_000, Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))).Body.Length);
        Assert.False(cancelled);
        Assert.False(peer.WasReset);
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n", 100_000, false)]
    [InlineData("Content-Length: 300000\r\n\r\n", 300_000, true)]
    public async Task UnreadBody_ShortRestIsDropped_LongOneEndsTheConnection(string framing, int length, bool ends)
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /hello HTTP/1.1\r\nHost: a\r\n" + framing + new string('x', length) + Hello);
        peer.ShutdownSend();
        var responses = WireResponse.ReadAll(await server.ReceiveToEndAsync(peer));
        Assert.Equal(ends ? 1 : 2, responses.Count);
        Assert.False(peer.WasReset);
    }

    [Fact]
    public async Task UnreadBody_NotArrivedYet_TheAnswerDoesNotWaitForIt()
    {
        await using var server = new WireServer();
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal(200, WireResponse.ReadAll(await server.ReceiveNowAsync(peer))[0].Status);
        await server.SendAsync(peer, "12345" + Hello);
        Assert.Equal("hello", WireResponse.ReadAll(await server.ReceiveNowAsync(peer))[0].Body);
    }

    // A client that is not told sends its next request into a connection that ends.
    [Theory]
    [InlineData("/delegate", 10_000_000, "close")]
    [InlineData("/wsgi", 10_000_000, "close")]
    [InlineData("/nothing", 10_000_000, "close")]
    [InlineData("/hello", 10_000_000, "close")]
    [InlineData("/delegate", 100, null)]
    [InlineData("/wsgi", 100, null)]
    public async Task UnreadBody_TooLongToBeDropped_IsAnsweredWithClose(string path, int length, string? connection)
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/delegate", (_, _) => Response.Text("early"));
            routes.Map("/wsgi", (_, startResponse) =>
            {
                startResponse("200 OK", []);
                return "early";
            });
            routes.MapHandler("/nothing", static (_, _, _) => default);
        });
        string text = await server.ExchangeAsync(
            $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{new string('x', Math.Min(length, 1000))}");
        Assert.Equal(connection, WireResponse.ReadAll(text).Single()["Connection"]);
    }

    // The head leaves with the first piece, and the app goes on reading.
    [Fact]
    public async Task Body_ReadWhileItIsAnswered_LeavesTheConnectionOpen()
    {
        const int Length = 1_000_000;
        await using var server = new WireServer(routes => routes.MapHandler("/echo", static async (request, response, cancellation) =>
        {
            response.ContentLength = Length;
            byte[] piece = new byte[16 * 1024];
            while (await request.Body.ReadAsync(piece, cancellation) is > 0 and int count)
                await response.WriteAsync(piece.AsMemory(0, count));
        }));
        string body = new('x', Length);
        string text = await server.ExchangeAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {Length}\r\n\r\n{body}{Hello}");
        var responses = WireResponse.ReadAll(text);
        Assert.Equal([200, 200], responses.Select(static response => response.Status));
        Assert.Null(responses[0]["Connection"]);
    }

    [Fact]
    public async Task UnreadBody_MalformedRest_EndsTheConnection()
    {
        await using var server = new WireServer();
        string text = await server.ExchangeAsync("POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + Hello);
        Assert.Single(WireResponse.ReadAll(text));
    }

    [Fact]
    public async Task MalformedEarly_AppHasWrittenButNothingHasLeft_StillGetsIts4xx()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/echo", EchoApp.Streamed));
        string text = await server.ExchangeAsync(Hello
            + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n" + Hello);
        Assert.Equal([200, 400], WireResponse.ReadAll(text).Select(response => response.Status));
    }

    [Fact]
    public async Task Trailers_AfterTheBody_AreThereAndNoHeaders()
    {
        await using var server = new WireServer(routes => routes.Map("/t", async (request, _) =>
        {
            int before = request.Trailers.Count;
            string body = await EchoApp.ReadTextAsync(request);
            return Response.Text($"{before} {body} {string.Join(",", request.Trailers)} {request.Headers["X"] ?? "none"}");
        }));
        string text = await server.ExchangeAsync(
            "POST /t HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nContent-Length: 5\r\n\r\n" + Hello);
        Assert.Equal(["0 a (X, y) none", "hello"], WireResponse.ReadAll(text).Select(response => response.Body));
    }

    [Fact]
    public async Task Head_WhileALargeBodyPasses_StaysReadable()
    {
        await using var server = new WireServer(routes => routes.Map("/*", async (request, _) =>
        {
            string body = await EchoApp.ReadTextAsync(request);
            return Response.Text($"{request.Method} {request.Path} {request.Headers["X"]} {body.Length} {request.Host}");
        }));
        string chunks = string.Concat(Enumerable.Repeat($"3e8\r\n{new string('x', 1000)}\r\n", 500));
        string text = await server.ExchangeAsync(
            Hello + $"PUT /a%20b HTTP/1.1\r\nHost: h:1\r\nX: {new string('v', 3000)}\r\nTransfer-Encoding: "
                + $"chunked\r\n\r\n{chunks}0\r\n\r\n" + Hello);
        Assert.Equal(["hello", $"PUT /a b {new string('v', 3000)} 500000 h:1", "hello"],
            WireResponse.ReadAll(text).Select(response => response.Body));
    }

    [Fact]
    public async Task Body_AsStreamFromTheThreadPool_IsReadOnTheHub()
    {
        await using var server = new WireServer(routes => routes.Map("/pool", async (request, _) =>
        {
            var body = request.Body;
            var copy = new MemoryStream();
            await Task.Run(() => body.CopyToAsync(copy), CancellationToken.None);
            return Response.Text($"{copy.Length} {request.ContentLength}");
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /pool HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + new string('x', 20_000));
        await server.SendAsync(peer, new string('x', 30_000));
        peer.ShutdownSend();
        Assert.Equal("50000 50000", WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))[0].Body);
    }

    [Fact]
    public async Task Read_TwoAtATime_TheSecondIsRefused()
    {
        await using var server = new WireServer(routes => routes.Map("/two", async (request, _) =>
        {
            var first = request.ReadAsync(new byte[10]);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.ReadAsync(new byte[10]));
            return Response.Text($"{await first}");
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        await server.SendAsync(peer, "abc");
        Assert.Equal("3", WireResponse.ReadAll(await server.ReceiveNowAsync(peer))[0].Body);
    }
}
