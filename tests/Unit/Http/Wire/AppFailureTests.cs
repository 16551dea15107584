using AsyncServer.Http;
using AsyncServer.Unit.Support;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Http.Wire;

public sealed class AppFailureTests
{
    private const string Secret = "secret detail";
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Fail = "GET /fail HTTP/1.1\r\nHost: a\r\n\r\n";

    private static WireServer Create(RequestHandler handler) => new(routes => routes.MapHandler("/fail", handler));

    private static void AssertLogged(WireServer server, string part)
    {
        var line = Assert.Single(server.Log.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains(part, line.Text + line.Exception?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Throws_BeforeTheHead_500WithoutDetailsAndLoggedWithAnId(bool late)
    {
        await using var server = Create(async (_, response, _) =>
        {
            response.Headers.Add("X-Left", "over");
            if (late)
                await Task.Yield();
            throw new InvalidOperationException(Secret);
        });
        var responses = WireResponse.ReadAll(await server.ExchangeAsync(Hello + Fail + Hello));
        Assert.Equal([200, 500, 200], responses.Select(response => response.Status)); // the connection goes on
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]+$", responses[1]["X-Request-Id"]);
        Assert.Equal($"Internal Server Error\nrequest {responses[1]["X-Request-Id"]}\n", responses[1].Body);
        Assert.Null(responses[1]["X-Left"]);
        AssertLogged(server, Secret);
        Assert.Contains($"(request {responses[1]["X-Request-Id"]})", server.Log.Lines.Single(line => line.Level == LogLevel.Error).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailureHandler_MakesTheAnswersToFailuresAlone()
    {
        await using var server = new WireServer(
            routes =>
            {
                routes.Map("/fail", Response (_, _) => throw new InvalidOperationException(Secret));
                routes.Map("/body", async (request, cancellation) =>
                {
                    await request.Body.CopyToAsync(Stream.Null, cancellation);
                    return Response.Empty();
                });
                routes.MapHandler("/late", async (_, response, _) =>
                {
                    await response.WriteAsync("half"u8.ToArray());
                    await response.FlushAsync();
                    throw new InvalidOperationException(Secret);
                });
            },
            limits: new HttpLimits { MaxRequestBodySize = 10 },
            failure: static (request, exception, id) => Response.Text($"{request.Path} {exception.Message} {id}", 500));
        var responses = WireResponse.ReadAll(
            await server.ExchangeAsync(Fail + Hello + Fail.Replace("GET", "HEAD", StringComparison.Ordinal) + Hello), "GET", "GET", "HEAD",
            "GET");
        Assert.Equal([500, 200, 500, 200], responses.Select(static response => response.Status));
        Assert.Equal($"/fail {Secret} {responses[0]["X-Request-Id"]}", responses[0].Body);

        string refused = await server.ExchangeAsync("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n");
        Assert.Equal(("Payload Too Large\n", null), (WireResponse.Parse(refused).Body, WireResponse.Parse(refused)["X-Request-Id"]));
        Assert.EndsWith("half\r\n", await server.ExchangeAsync("GET /late HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailureHandler_ThatFailsItself_Answers500AndIsLogged()
    {
        await using var server = new WireServer(
            routes => routes.Map("/fail", Response (_, _) => throw new InvalidOperationException(Secret)),
            failure: static (_, _, _) => throw new InvalidOperationException("handler"));
        var responses = WireResponse.ReadAll(await server.ExchangeAsync(Fail + Hello));
        Assert.Equal([500, 200], responses.Select(static response => response.Status));
        Assert.StartsWith("Internal Server Error\n", responses[0].Body, StringComparison.Ordinal);
        Assert.Contains(server.Log.Lines, static line => line.Exception?.Message == "handler");
    }

    [Fact]
    public async Task Throws_LineEndInThePath_ForgesNoLogLine()
    {
        await using var server = new WireServer(routes => routes.Map("/*", Response (_, _) => throw new InvalidOperationException(Secret)));
        await server.ExchangeAsync("GET /x%0d%0aERROR HTTP/1.1\r\nHost: a\r\n\r\n");
        string text = Assert.Single(server.Log.Lines, line => line.Level == LogLevel.Error).Text;
        Assert.Contains("GET /x%0d%0aERROR failed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Throws_HeadWrittenButNotSent_500AndEarlierAnswersArrive()
    {
        await using var server = Create(async (_, response, _) =>
        {
            await response.WriteAsync("half"u8.ToArray());
            throw new InvalidOperationException(Secret);
        });
        var responses = WireResponse.ReadAll(await server.ExchangeAsync(Hello + Fail + Hello));
        Assert.Equal([200, 500, 200], responses.Select(response => response.Status));
    }

    [Fact]
    public async Task Throws_AfterTheHeadLeft_IsCutOffWithoutAFinalChunk()
    {
        await using var server = Create(async (_, response, _) =>
        {
            await response.WriteAsync("half"u8.ToArray());
            await response.FlushAsync();
            await response.WriteAsync("more"u8.ToArray());
            throw new InvalidOperationException(Secret);
        });
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + Fail + Hello);
        string text = await server.ReceiveToEndAsync(peer);
        Assert.EndsWith("4\r\nhalf\r\n", text, StringComparison.Ordinal);
        Assert.True(peer.WasReset);
        AssertLogged(server, Secret);
    }

    [Fact]
    public async Task WritesMoreThanItsLength_ExcessIsNeverSent()
    {
        await using var server = Create(async (_, response, _) =>
        {
            response.ContentLength = 4;
            await response.WriteAsync("1234"u8.ToArray());
            await response.FlushAsync();
            await response.WriteAsync("5"u8.ToArray());
        });
        var peer = server.Connect();
        await server.SendAsync(peer, Fail + Hello);
        Assert.EndsWith("\r\n\r\n1234", await server.ReceiveToEndAsync(peer), StringComparison.Ordinal);
        Assert.True(peer.IsClosed);
        AssertLogged(server, "more than the Content-Length");
    }

    [Fact]
    public async Task WritesLessThanItsLength_IsClosedAndLogged()
    {
        await using var server = Create(async (_, response, _) =>
        {
            response.ContentLength = 10;
            await response.WriteAsync("1234"u8.ToArray());
        });
        var peer = server.Connect();
        await server.SendAsync(peer, Hello + Fail + Hello);
        Assert.EndsWith("Content-Length: 10\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nServer: AsyncServer\r\n\r\n1234",
            await server.ReceiveToEndAsync(peer), StringComparison.Ordinal);
        Assert.True(peer.IsClosed);
        AssertLogged(server, "less than the Content-Length");
    }

    public static TheoryData<string, string> Injections => new()
    {
        { "X", "a\r\nSet-Cookie: b" }, { "X", "a\nb" }, { "X", "a\0b" }, { "X", "\u0130" }, { "X", "a\u007f" },
        { "X\r\nY", "a" }, { "X Y", "a" }, { "", "a" }, { "X:", "a" }, { "Location", "/\r\n\r\n<html>" },
        { "Transfer-Encoding", "chunked" }, { "Upgrade", "x" }, { "Keep-Alive", "x" }, { "TE", "x" }, { "Trailer", "x" },
    };

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task Header_ThatMayNotBe_IsRefusedWith500(string name, string value)
    {
        await using var server = new WireServer(routes =>
        {
            routes.MapHandler("/fail", (_, response, _) =>
            {
                response.ContentLength = 1; // with Transfer-Encoding it would be two framings
                response.Headers[name] = value;
                return response.WriteAsync("x"u8.ToArray());
            });
            routes.Map("/with", (_, _) => Response.Text("x").WithHeader(name, value));
        });
        string text = await server.ExchangeAsync(Fail + "GET /with HTTP/1.1\r\nHost: a\r\n\r\n" + Hello);
        Assert.Equal([500, 500, 200], WireResponse.ReadAll(text).Select(response => response.Status));
        Assert.DoesNotContain("Set-Cookie", text, StringComparison.Ordinal);
        Assert.DoesNotContain("html", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReasonContentTypeAndLocation_WithLineEnds_AreRefusedWith500()
    {
        await using var server = new WireServer(routes =>
        {
            routes.MapHandler("/reason", (_, response, _) =>
            {
                response.Reason = "OK\r\nX: y";
                return default;
            });
            routes.Map("/type", (_, _) => Response.Text("x", contentType: "a\r\nX: y"));
            routes.Map("/location", (_, _) => Response.Redirect("/\r\nX: y"));
            routes.Map("/status", (_, _) => Response.Text("x", 100));
            routes.MapHandler("/length", (_, response, _) =>
            {
                response.Headers["Content-Length"] = "5, 5";
                return response.WriteTextAsync("hello");
            });
            routes.Map("/huge", (_, _) => Response.Text("x").WithHeader("X", new string('y', 20_000)));
        });
        string[] paths = ["reason", "type", "location", "status", "length", "huge"];
        string text = await server.ExchangeAsync(string.Concat(paths.Select(path => $"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(Enumerable.Repeat(500, paths.Length), WireResponse.ReadAll(text).Select(response => response.Status));
        Assert.DoesNotContain("X: y", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReturnsWithAWriteUnderWay_IsCutOffAndHarmsNobodyElse()
    {
        await using var server = Create((_, response, _) =>
        {
            _ = response.WriteAsync(new byte[100_000]).AsTask();
            return default;
        });
        for (int i = 0; i < 5; i++)
        {
            var peer = server.Connect(capacity: 1000);
            await server.SendAsync(peer, Fail);
            await server.SettleAsync();
            Assert.True(peer.WasReset);
            Assert.Equal("hello", WireResponse.ReadAll(await server.ExchangeAsync(Hello))[0].Body);
        }
        Assert.All(server.Log.Lines.Where(line => line.Level == LogLevel.Error), line => Assert.Equal(11, line.Id.Id));
    }

    [Fact]
    public async Task ReturnsWithAReadUnderWay_NeverReadsAnotherRequest()
    {
        byte[] stolen = new byte[100];
        await using var server = Create((request, _, _) =>
        {
            _ = request.ReadAsync(stolen).AsTask();
            return default;
        });
        var peer = server.Connect();
        await server.SendAsync(peer, "POST /fail HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n");
        Assert.True(peer.WasReset);
        Assert.Equal("hello",
            WireResponse.ReadAll(await server.ExchangeAsync("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345"))[0].Body);
        Assert.All(stolen, b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task ClientHasGone_AppGoesOnWriting_NothingIsLoggedAsAnError()
    {
        await using var server = Create(async (_, response, _) =>
        {
            while (true)
                await response.WriteAsync(new byte[10_000]);
        });
        var peer = server.Connect(capacity: 1000);
        await server.SendAsync(peer, Fail);
        peer.Reset();
        await server.SettleAsync();
        Assert.Equal(0, server.Hub.ConnectionCount);
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task ClientHasGone_WhileRoomIsMadeForThe500_NothingIsAMistakeOfOurs()
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/filler", (_, _) => Response.Text(new string('x', 15_500)));
            routes.MapHandler("/fail", (_, _, _) => throw new InvalidOperationException(Secret));
        });
        var peer = server.Connect(capacity: 1000);
        await server.SendAsync(peer, "GET /filler HTTP/1.1\r\nHost: a\r\n\r\n" + Fail);
        peer.Reset();
        await server.SettleAsync();
        Assert.DoesNotContain(server.Log.Lines, line => line.Id.Id == 20);
    }
}
