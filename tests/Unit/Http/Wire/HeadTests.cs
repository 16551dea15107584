using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>HEAD, 204, 205 and 304: no body goes out, and the connection stays in step.</summary>
public sealed class HeadTests
{
    // Bug: what HEAD drops never gave a turn, so that a body without an end kept the hub for ever.
    [Fact]
    public async Task Head_HandlerThatWritesWithoutAnEnd_LeavesTheHubToOthersAndEndsWithItsClient()
    {
        var failed = new TaskCompletionSource<Exception>();
        await using var server = new WireServer(routes => routes.MapHandler("/endless", async (_, response, _) =>
        {
            try
            {
                while (true)
                    await response.WriteAsync(new byte[16 * 1024]);
            }
            catch (IOException exception)
            {
                failed.SetResult(exception);
                throw;
            }
        }));
        var peer = server.Connect();
        peer.Send("HEAD /endless HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        var other = server.Connect();
        other.Send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        Assert.EndsWith("hello", await server.ReceiveToEndAsync(other), StringComparison.Ordinal);
        peer.Reset();
        await failed.Task.WaitAsync(server.Cancellation);
    }

    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Endless()
    {
        while (true)
        {
            yield return "tick"u8.ToArray();
            await Task.CompletedTask;
        }
    }

    private static WireServer Create() => new(routes =>
    {
        routes.Map("GET", "/text", (_, _) => Response.Text("body"));
        routes.Map("/stream", (_, _) => Response.Stream(new MemoryStream("body"u8.ToArray())));
        routes.Map("/endless", (_, _) => Response.Stream(Endless()));
        routes.MapHandler("/omits", (_, response, _) => response.OmitsBody ? default : response.WriteAsync("body"u8.ToArray()));
        routes.MapHandler("/writes", async (request, response, _) =>
        {
            response.StatusCode = int.Parse(request.QueryString, System.Globalization.CultureInfo.InvariantCulture);
            await response.WriteAsync("body"u8.ToArray());
            await response.WriteAsync(new byte[50_000]);
        });
    });

    [Theory]
    [InlineData("/text", "Content-Length: 4")]
    [InlineData("/hello", "Content-Length: 5")]
    [InlineData("/stream", null)]
    [InlineData("/endless", null)]
    [InlineData("/omits", null)]
    [InlineData("/writes?200", null)]
    public async Task Head_AnyApp_SendsTheHeadAloneAndStaysInStep(string target, string? length)
    {
        await using var server = Create();
        var responses = WireResponse.ReadAll(await server.ExchangeAsync($"HEAD {target} HTTP/1.1\r\nHost: a\r\n\r\n{Hello}"), "HEAD");
        Assert.Equal(["", "hello"], responses.Select(response => response.Body));
        if (length is not null)
            Assert.Contains(length, responses[0].Head, StringComparison.Ordinal);
        else
            Assert.DoesNotContain("Content-Length", responses[0].Head, StringComparison.Ordinal); // it would lie about what GET sends
        Assert.Null(responses[0]["Connection"]);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task NoBodyStatus_AppWritesABody_IsDroppedWithoutFraming(int status)
    {
        await using var server = Create();
        var responses = WireResponse.ReadAll(await server.ExchangeAsync($"GET /writes?{status} HTTP/1.1\r\nHost: a\r\n\r\n{Hello}"));
        Assert.Equal([status, 200], responses.Select(response => response.Status));
        Assert.Null(responses[0]["Content-Length"]);
        Assert.Null(responses[0]["Transfer-Encoding"]);
    }

    // RFC 9110 15.3.6: a 205 has no content, and says so, since it does not end with its head.
    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "length")]
    [InlineData("GET", "text")]
    [InlineData("HEAD", "text")]
    public async Task ResetContent_AppWritesABody_SendsNoneAndTheConnectionStaysInStep(string method, string way)
    {
        await using var server = new WireServer(routes =>
        {
            routes.MapHandler("/reset", async (_, response, _) =>
            {
                response.StatusCode = 205;
                if (way == "length")
                    response.ContentLength = 5;
                if (way == "text")
                    await response.WriteTextAsync("dropped");
                else
                    await response.WriteAsync("hello"u8.ToArray());
            });
        });
        string text = await server.ExchangeAsync(
            $"{method} /reset HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n", text, StringComparison.Ordinal);
        Assert.Equal([205, 200], WireResponse.ReadAll(text).Select(static response => response.Status));
        Assert.DoesNotContain("dropped", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotModified_LengthThatTheAppGave_IsSent()
    {
        // RFC 9110 8.6: what the 200 would say
        await using var server = new WireServer(routes => routes.MapHandler("/a", (request, response, _) =>
        {
            response.StatusCode = 304;
            if (request.QueryString == "property")
                response.ContentLength = 7;
            else
                response.Headers["Content-Length"] = "7";
            return default;
        }));
        var responses = WireResponse.ReadAll(
            await server.ExchangeAsync("GET /a?property HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(["7", "7"], responses.Select(response => response["Content-Length"]));
    }

    [Fact]
    public async Task Empty_OtherStatus_HasLengthZero()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/a", (_, _, _) => default));
        Assert.Equal("0", WireResponse.ReadAll(await server.ExchangeAsync("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"))[0]["Content-Length"]);
    }

    [Fact]
    public async Task Date_ClockPassesASecond_IsMadeAnew()
    {
        await using var server = Create();
        var peer = server.Connect();
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(999));
        await server.SendAsync(peer, Hello);
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        await server.SendAsync(peer, Hello);
        var dates = WireResponse.ReadAll(await server.ReceiveNowAsync(peer)).Select(response => response["Date"]);
        Assert.Equal(["Fri, 20 Nov 2026 12:00:00 GMT", "Fri, 20 Nov 2026 12:00:01 GMT"], dates);
    }

    [Fact]
    public async Task AppsOwnDateServerAndReason_TakeTheirPlace()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/a", (_, response, _) =>
        {
            response.StatusCode = 299;
            response.Reason = "Quite Fine";
            response.Headers.Add("date", "then");
            response.Headers.Add("SERVER", "mine");
            return response.WriteTextAsync("\u00e9");
        }));
        byte[] expected = Encoding.UTF8.GetBytes(
            "HTTP/1.1 299 Quite Fine\r\ndate: then\r\nSERVER: mine\r\nContent-Length: 2\r\n\r\n\u00e9");
        Assert.Equal(Encoding.Latin1.GetString(expected), await server.ExchangeAsync("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
}
