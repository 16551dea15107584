using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class RouteTests
{
    private static Func<Request, CancellationToken, Response> Named(string name) => (request, _) => Response.Text($"{name} {request.Path}");

    [Theory]
    [InlineData("/a", "exact /a")]
    [InlineData("/%61", "exact /a")]
    [InlineData("/a?x=%61", "exact /a")]
    [InlineData("http://b/a", "exact /a")]
    [InlineData("/A", "fallback /A")]
    [InlineData("/a/", "fallback /a/")]
    [InlineData("/static", "prefix /static")]
    [InlineData("/static/", "prefix /static/")]
    [InlineData("/static/x/y", "prefix /static/x/y")]
    [InlineData("/st%61tic/x%2fy", "prefix /static/x/y")]
    [InlineData("/static-x", "fallback /static-x")]
    [InlineData("/static/deep/z", "deep /static/deep/z")]
    [InlineData("/static/exact", "inner /static/exact")]
    [InlineData("/caf%C3%A9", "accent /café")]
    [InlineData("http://b", "fallback /")]
    public async Task Path_FindsItsRoute(string target, string expected)
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/a", Named("exact"));
            routes.Map("/static/*", Named("prefix"));
            routes.Map("/static/deep/*", Named("deep"));
            routes.Map("/static/exact", Named("inner"));
            routes.Map("/café", Named("accent"));
            routes.MapFallback(Named("fallback"));
        });
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(response.Body)));
    }

    [Theory]
    [InlineData("/none", "not found\n")]
    [InlineData("/none.py", "no such module\n")]
    public async Task Path_WithoutARoute_Is404(string path, string body)
    {
        await using var server = new WireServer();
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal((404, body), (response.Status, response.Body));
    }

    [Fact]
    public async Task Map_WhatCannotBe_IsRefused()
    {
        await using var server = new WireServer(routes =>
        {
            Assert.Throws<ArgumentException>(() => routes.Map("hello", Named("x")));
            Assert.Throws<ArgumentException>(() => routes.Map("/hello", Named("x")));
            Assert.Throws<ArgumentException>(() => routes.Map("GET", "/hello", Named("x")));
            Assert.Throws<ArgumentException>(() => routes.Map("G T", "/x", Named("x")));
        });
    }

    [Fact]
    public async Task Request_ShowsWhatWasSent()
    {
        await using var server = new WireServer(routes => routes.Map("/q%", (request, _) => Response.Text(string.Join("|",
            request.Target, request.Path, request.QueryString, request.Query["a"], request.Query["none"], request.Host, request.Protocol,
            request.Headers["x"], request.Headers["Cookie"], request.Headers.Contains("none"), request.Headers.Count, request.ContentLength,
            request.RemoteEndPoint))));
        string text = await server.ExchangeAsync(
            "GET http://b:1/q%25?a=1%202&a=3 HTTP/1.1\r\nHost: a\r\nX: 1\r\nx:  2 \r\nCookie: c=1\r\ncookie: d=2\r\n\r\n");
        Assert.Equal("http://b:1/q%25?a=1%202&a=3|/q%|a=1%202&a=3|1 2,3||b:1|HTTP/1.1|1, 2|c=1; d=2|False|5|0|127.0.0.1:50000",
            WireResponse.ReadAll(text)[0].Body);
    }
}
