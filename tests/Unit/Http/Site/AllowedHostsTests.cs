using System.Net;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Site;

public sealed class AllowedHostsTests
{
    [Theory]
    [InlineData("a.example", 200)]
    [InlineData("A.EXAMPLE:8080", 200)]
    [InlineData("a.example.", 200)]
    [InlineData("x.b.example", 200)]
    [InlineData("x.y.b.example:1", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("b.example", 421)]
    [InlineData("xb.example", 421)]
    [InlineData("a.example.evil", 421)]
    [InlineData("[::2]", 421)]
    public async Task Request_ForAHost_IsAnsweredOrMisdirected(string host, int status)
    {
        await using var server = Create();
        string answers = await server.ExchangeAsync(
            $"GET /hello HTTP/1.1\r\nHost: {host}\r\n\r\nGET /hello HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Assert.Equal([status, 200], WireResponse.ReadAll(answers).Select(static response => response.Status)); // the connection goes on
    }

    [Theory]
    [InlineData("GET http://evil/hello HTTP/1.1\r\nHost: a.example\r\n\r\n", 421)] // the target's authority counts
    [InlineData("GET http://a.example/hello HTTP/1.1\r\nHost: evil\r\n\r\n", 200)]
    [InlineData("GET /hello HTTP/1.0\r\n\r\n", 421)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: evil\r\n\r\n", 421)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: evil\r\nX-Forwarded-Host: a.example\r\n\r\n", 200)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Host: evil\r\n\r\n", 421)]
    public async Task Request_WithItsHostElsewhere_IsJudgedByTheHostThatCounts(string request, int status)
    {
        await using var server = Create();
        Assert.Equal(status, WireResponse.Parse(await server.ExchangeAsync(request)).Status);
    }

    [Theory]
    [InlineData("a.example:80")]
    [InlineData("*")]
    [InlineData("a.*.example")]
    [InlineData("http://a")]
    [InlineData("")]
    public void Pattern_ThatIsNoHost_IsRefused(string pattern) =>
        Assert.Throws<ArgumentException>(new HttpServerOptions { AllowedHosts = [pattern] }.Check);

    private static WireServer Create() => new(
        hosts: ["a.example", "*.b.example", "[::1]"],
        forwarding: new ForwardingOptions
        {
            TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")],
            Headers = ForwardedHeaders.XForwardedHost
        });
}
