using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>A server whose requests all go to one handler, and what only such a handler needs of requests and responses.</summary>
public sealed class OwnHandlerTests
{
    private static readonly PreparedFields Fields = new([("Content-Type", "image/svg+xml"), ("Cache-Control", "max-age=60")]);

    [Fact]
    public async Task Handler_GetsEveryPath_AndTheServersOwnRulesHold()
    {
        await using var server = new WireServer(hosts: ["a"], rootPath: "/app", handler: static (request, response, _) =>
            response.SendAsync(Response.Text($"{request.PathBase}|{request.Path}|{request.IsServerWide}")));
        string received = await server.ExchangeAsync(
            "GET /app/x.py HTTP/1.1\r\nHost: a\r\n\r\n"
            + "GET /app HTTP/1.1\r\nHost: a\r\n\r\n"
            + "GET /other HTTP/1.1\r\nHost: a\r\n\r\n"
            + "GET /app/x HTTP/1.1\r\nHost: b\r\n\r\n"
            + "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
            + "OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n");
        var responses = WireResponse.ReadAll(received);
        Assert.Equal([200, 301, 404, 421, 200, 421], responses.Select(static response => response.Status));
        Assert.Equal(("/app|/x.py|False", "|*|True"), (responses[0].Body, responses[4].Body));
    }

    [Fact]
    public async Task Routes_OfAServerWithAHandler_CannotBeAdded()
    {
        await using var server = new HttpServer(new HttpServerOptions(), static (_, _, _) => ValueTask.CompletedTask);
        var failure = Assert.Throws<InvalidOperationException>(() => server.Routes.Map("/x", static (_, _) => Response.Empty()));
        Assert.Contains("handler of its own", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() =>
            new HttpServer(new HttpServerOptions { Root = "." }, static (_, _, _) => ValueTask.CompletedTask));
    }

    [Fact]
    public async Task MaxBodySize_SetByTheHandler_HoldsForThatRequestAlone()
    {
        await using var server = new WireServer(limits: new HttpLimits { MaxRequestBodySize = 4 },
            handler: static async (request, response, _) =>
        {
            if (request.Path == "/large")
                request.MaxBodySize = 8;
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, CancellationToken.None);
            await response.SendAsync(Response.Text($"{body.Length}"));
        });
        Assert.Equal([(200, "8"), (200, "4")], Read(await server.ExchangeAsync(Post("/large", 8) + Post("/small", 4))));
        Assert.Equal(413, Read(await server.ExchangeAsync(Post("/small", 5)))[0].Status);
        Assert.Equal(413, Read(await server.ExchangeAsync(Post("/large", 9)))[0].Status);
        Assert.Equal((200, "5"), Read(await server.ExchangeAsync(Chunked("/large", 5)))[0]);
        Assert.Equal(413, Read(await server.ExchangeAsync(Chunked("/small", 5)))[0].Status);
    }

    [Fact]
    public async Task BodyTooLong_HandlerNeverReadsIt_TheAnswerSaysThatTheConnectionEnds()
    {
        await using var server = new WireServer(limits: new HttpLimits { MaxRequestBodySize = 4 }, handler: static (_, response, _) =>
            response.SendAsync(Response.Text("unread")));
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync(Post("/", 5))));
        Assert.Equal((200, "close"), (response.Status, response["Connection"]));
    }

    [Fact]
    public async Task BodyTooLong_IsRefusedBeforeItTakesAPlaceInTheQueue()
    {
        var never = new TaskCompletionSource();
        await using var server = new WireServer(
            routes => routes.MapHandler("/hang", async (_, _, _) => await never.Task),
            new HttpLimits { MaxConcurrentRequests = 1, MaxRequestBodySize = 4 });
        var holder = server.Connect();
        await server.SendAsync(holder, "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(413, Read(await server.ExchangeAsync(Post("/hello", 5)))[0].Status);
        never.SetResult();
        await server.SettleAsync();
    }

    [Fact]
    public async Task LimitBody_OfARoute_HoldsThereAlone()
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/echo", EchoApp.Whole);
            routes.Map("/large/*", EchoApp.Whole);
            routes.LimitBody("/large/*", 8);
            Assert.Throws<ArgumentException>(() => routes.LimitBody("/nowhere", 8));
        }, new HttpLimits { MaxRequestBodySize = 4 });
        Assert.Equal(200, Read(await server.ExchangeAsync(Post("/large/x", 8)))[0].Status);
        Assert.Equal(413, Read(await server.ExchangeAsync(Post("/large/x", 9)))[0].Status);
        Assert.Equal(413, Read(await server.ExchangeAsync(Post("/echo", 5)))[0].Status);
    }

    [Fact]
    public async Task MaxBodySize_AfterSomeWasRead_CannotBeSet()
    {
        await using var server = new WireServer(handler: static async (request, response, _) =>
        {
            await request.ReadAsync(new byte[1]);
            request.MaxBodySize = 8;
        });
        Assert.Equal(500, Read(await server.ExchangeAsync(Post("/", 4)))[0].Status);
    }

    [Fact]
    public async Task Prepared_Fields_ComeWithEveryResponse()
    {
        await using var server = new WireServer(handler: static (request, response, _) =>
        {
            response.Prepared = Fields;
            response.Headers.Add("X-Own", "1");
            return response.WriteTextAsync("<svg/>");
        });
        foreach (var response in WireResponse.ReadAll(
            await server.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")))
            Assert.Equal(("image/svg+xml", "max-age=60", "1", "<svg/>"),
                (response["Content-Type"], response["Cache-Control"], response["X-Own"], response.Body));
    }

    [Theory]
    [InlineData("Content-Length", "5")]
    [InlineData("connection", "close")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Bad Name", "x")]
    [InlineData("X", "a\r\nb")]
    public void Prepared_WhatMayNotStandThere_IsRefused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new PreparedFields([(name, value)]));

    [Fact]
    public async Task Writer_OnAnotherThread_ThrowsAndTheResponseStaysWhole()
    {
        Exception? failure = null;
        await using var server = new WireServer(handler: async (_, response, _) =>
        {
            await response.WriteTextAsync("whole");
            failure = await Task.Run(async () => await Record.ExceptionAsync(async () => await response.WriteAsync(new byte[3])));
        });
        Assert.Equal((200, "whole"), Read(await server.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))[0]);
        Assert.Contains("on the hub of its request", Assert.IsType<InvalidOperationException>(failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_ThenWritten_ThrowsAndTheResponseStaysWhole()
    {
        await using var server = new WireServer(handler: static async (_, response, _) =>
        {
            await response.WriteAsync("one"u8.ToArray());
            await response.EndAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await response.WriteAsync("two"u8.ToArray()));
        });
        Assert.Equal([(200, "one"), (200, "one")],
            Read(await server.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")));
    }

    private static List<(int Status, string Body)> Read(string received) =>
        [.. WireResponse.ReadAll(received).Select(static response => (response.Status, response.Body))];

    private static string Post(string path, int length) =>
        $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}";

    private static string Chunked(string path, int length) =>
        $"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{new string('x', length)}\r\n0\r\n\r\n";
}
