using System.Net;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Site;

public sealed class ForwardingTests
{
    private const ForwardedHeaders All =
        ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;

    // Memory connections come from 127.0.0.1:50000.
    private const string Peer = "127.0.0.1 50000 http a";

    [Theory]
    [InlineData("", Peer)]
    [InlineData("X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7  http a")]
    [InlineData("X-Forwarded-For: 192.0.2.7:81\r\n", "192.0.2.7 81 http a")]
    [InlineData("X-Forwarded-For: 2001:db8::1\r\n", "2001:db8::1  http a")]
    [InlineData("X-Forwarded-For: [2001:db8::1]:81\r\n", "2001:db8::1 81 http a")]
    [InlineData("X-Forwarded-For: ::ffff:192.0.2.7\r\n", "192.0.2.7  http a")]
    [InlineData("X-Forwarded-For: 192.0.2.7, 10.0.0.1,10.0.0.2\r\n", "192.0.2.7  http a")] // trusted hops are passed
    [InlineData("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 10.0.0.1\r\n", "192.0.2.7  http a")] // lines are one list
    [InlineData("X-Forwarded-For: 10.0.0.9, 10.0.0.1\r\n", "10.0.0.9  http a")] // a client inside
    [InlineData("X-Forwarded-For: 127.0.0.1, 192.0.2.7\r\n", "192.0.2.7  http a")] // what the client made up
    [InlineData("X-Forwarded-For: <junk>, 192.0.2.7\r\n", "192.0.2.7  http a")]
    [InlineData("X-Forwarded-For: unknown\r\n", Peer)]
    [InlineData("X-Forwarded-For: 192.0.2.7, junk\r\n", Peer)] // a proxy that talks nonsense
    [InlineData("X-Forwarded-For: 192.0.2.7:99999\r\n", Peer)]
    [InlineData("X-Forwarded-For: 3221225991\r\n", Peer)]
    [InlineData("X-Forwarded-For: 0300.0.2.7\r\n", Peer)]
    [InlineData("X-Forwarded-For: fe80::1%eth0\r\n", Peer)]
    [InlineData("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: HTTPS\r\nX-Forwarded-Host: b.example:444\r\n",
        "192.0.2.7  https b.example:444")]
    [InlineData("X-Forwarded-Proto: https\r\n", "127.0.0.1 50000 https a")]
    [InlineData("X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: b/c\r\n", Peer)]
    [InlineData("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https, http\r\n", "192.0.2.7  http a")] // the first is the client's
    [InlineData("X-Forwarded-For: 192.0.2.7, 10.0.0.1\r\nX-Forwarded-Proto: https, http\r\n", "192.0.2.7  https a")]
    // the last one leaves it alone
    [InlineData("X-Forwarded-For: 192.0.2.7, 10.0.0.1\r\nX-Forwarded-Proto: https\r\n", "192.0.2.7  https a")]
    [InlineData("Forwarded: for=192.0.2.7;proto=https\r\n", Peer)] // not what these proxies set
    public async Task XForwarded_FromATrustedProxy_TellsTheOrigin(string headers, string expected) =>
        Assert.Equal(expected, await AskAsync(headers, Trusted(All)));

    [Theory]
    [InlineData("for=192.0.2.7", "192.0.2.7  http a")]
    [InlineData("For=\"[2001:db8::1]:81\";proto=https;by=10.0.0.1;host=\"b.example:444\"", "2001:db8::1 81 https b.example:444")]
    [InlineData("for=192.0.2.7; proto=https, for=10.0.0.1;proto=http", "192.0.2.7  https a")]
    [InlineData("for=127.0.0.1;proto=https, for=192.0.2.7", "192.0.2.7  http a")]
    [InlineData("for=\"open, for=192.0.2.7", "192.0.2.7  http a")] // a quote that the client left open
    [InlineData("for=\"a\\\", for=192.0.2.7", "192.0.2.7  http a")]
    [InlineData("for=192.0.2.7;ext=\"a, b\\\" c;d\"", "192.0.2.7  http a")]
    [InlineData("for=unknown;proto=https", "127.0.0.1 50000 https a")]
    [InlineData("for=_hidden", Peer)]
    [InlineData("for=\"192.0.2.7:_port\"", "192.0.2.7  http a")]
    [InlineData("for=192.0.2.7;for=192.0.2.8", Peer)]
    [InlineData("for=192.0.2.7;proto=gopher", Peer)]
    [InlineData("for=192.0.2.7;host=\"b/c\"", Peer)]
    [InlineData("for = 192.0.2.7", Peer)]
    [InlineData("for=2001:db8::1", Peer)] // needs its quotes and brackets
    [InlineData("for=192.0.2.7;", Peer)]
    [InlineData("for=192.0.2.7 proto=https", Peer)]
    [InlineData("for=\"192.0.2.7", Peer)]
    [InlineData("", Peer)]
    public async Task Forwarded_FromATrustedProxy_TellsTheOrigin(string value, string expected) =>
        Assert.Equal(expected, await AskAsync($"Forwarded: {value}\r\n", Trusted(ForwardedHeaders.Forwarded)));

    [Fact]
    public async Task Forwarded_FromAnybodyElse_IsNotBelieved()
    {
        const string headers = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nForwarded: "
            + "for=192.0.2.7;proto=https\r\n";
        Assert.Equal(Peer, await AskAsync(headers, new ForwardingOptions()));
        Assert.Equal(Peer, await AskAsync(headers,
            new ForwardingOptions { TrustedProxies = [IPNetwork.Parse("10.0.0.0/8")], TrustsUnixSockets = true, Headers = All }));
    }

    [Fact]
    public async Task HostOfAProxy_IsNotBelievedByDefault() => Assert.Equal(
        "192.0.2.7  https a", await AskAsync("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n",
            Trusted(new ForwardingOptions().Headers)));

    [Fact]
    public void TwoKindsOfHeaders_AreRefused() =>
        Assert.Throws<ArgumentException>(
            new HttpServerOptions { Forwarding = new ForwardingOptions { Headers = All | ForwardedHeaders.Forwarded } }.Check);

    private static ForwardingOptions Trusted(ForwardedHeaders headers) =>
        new() { TrustedProxies = [IPNetwork.Parse("127.0.0.1/32"), IPNetwork.Parse("10.0.0.0/8")], Headers = headers };

    private static async Task<string> AskAsync(string headers, ForwardingOptions forwarding)
    {
        await using var server = new WireServer(
            routes => routes.Map("/origin", (environ, startResponse) =>
            {
                startResponse("200 OK", []);
                Assert.Equal(environ["HTTP_HOST"], environ.Request.Host);
                return $"{environ.RemoteAddress} {environ["REMOTE_PORT"]} {environ.UrlScheme} {environ["HTTP_HOST"]}";
            }),
            forwarding: forwarding);
        return WireResponse.Parse(await server.ExchangeAsync($"GET /origin HTTP/1.1\r\nHost: a\r\n{headers}\r\n")).Body;
    }
}
