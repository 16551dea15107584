using AsyncServer.Http;
using AsyncServer.Unit.Support;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Unit.Http.Middleware;

public sealed class CookieTests
{
    private static async Task<string> ReadAsync(string headers)
    {
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            startResponse("200 OK", []);
            return string.Join('|', environ.Cookies.Select(static cookie => $"{cookie.Key}={cookie.Value}"));
        }));
        return WireResponse.ReadAll(await server.ExchangeAsync($"GET /x HTTP/1.1\r\nHost: a\r\n{headers}\r\n")).Single().Body;
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Cookie: a=1; b=2\r\n", "a=1|b=2")]
    [InlineData("Cookie: a=1\r\ncookie: b=2\r\n", "a=1|b=2")]
    [InlineData("Cookie: a=1; a=2\r\n", "a=1")]
    [InlineData("Cookie: a=1;b=2;;  c=\r\n", "a=1|b=2|c=")]
    [InlineData("Cookie: a=x=y; A=%20\r\n", "a=x=y|A=%20")]
    [InlineData("Cookie: nothing; =empty; b=2\r\n", "b=2")]
    [InlineData("Cookie: foo[evil=1; b=\"q\"; c=a b, d=1; e=1\r\n", "foo[evil=1|b=\"q\"|c=a b, d=1|e=1")]
    // answered in UTF-8
    [InlineData("Cookie: $Version=1; caf\u00e9=1; d=caf\u00e9; e=1\r\n", "$Version=1|caf\u00c3\u00a9=1|d=caf\u00c3\u00a9|e=1")]
    [InlineData("Cookie: a=\"unterminated; b=2\r\n", "b=2")]
    [InlineData("Cookie: a=\"; b=2\r\n", "b=2")]
    [InlineData("Cookie: prefs={\"dark\":true,\"n\":[1, 2]}; b=2\r\n", "prefs={\"dark\":true,\"n\":[1, 2]}|b=2")]
    [InlineData("Cookie: name=\u00e4\u00bd\u00a0\u00e5\u00a5\u00bd; b=2\r\n", "name=\u00e4\u00bd\u00a0\u00e5\u00a5\u00bd|b=2")]
    [InlineData("Cookie: a b=1; \"c\"=2; d = 3\r\n", "d=3")]
    public async Task Cookies_AsSent_AreReadAndJunkIsPassedOver(string headers, string expected) =>
        Assert.Equal(expected, await ReadAsync(headers));

    [Fact]
    public async Task Cookies_OfALongHeaderOfJunk_AreReadInTime()
    {
        string junk = string.Concat(Enumerable.Repeat("a[ ;=\"", 1200));
        Assert.Equal("b=2", await ReadAsync($"Cookie: {junk}; b=2\r\n"));
    }

    [Fact]
    public void SetCookie_WithoutMore_IsForTheSiteAloneAndNotForScripts() =>
        Assert.Equal(("Set-Cookie", "a=1; path=/; samesite=lax; httponly"), new SetCookie("a", "1").ToHeader());

    [Fact]
    public void SetCookie_WithEveryAttribute_SaysThem()
    {
        var cookie = new SetCookie("a", "1")
        {
            Path = "/x",
            Domain = "example.org",
            MaxAge = TimeSpan.FromMinutes(1),
            Expires = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
            Secure = true,
            HttpOnly = false,
            SameSite = SameSiteMode.None,
        };
        Assert.Equal("a=1; expires=Fri, 20 Nov 2026 12:00:00 GMT; max-age=60; domain=example.org; path=/x; secure; samesite=none",
            cookie.ToHeader().Value);
    }

    [Fact]
    public void SetCookie_ThatRemoves_HasNoTimeLeft() =>
        Assert.Equal("a=; max-age=0; path=/x; samesite=lax; httponly", SetCookie.Removing("a", "/x").ToHeader().Value);

    [Theory]
    [InlineData("", "1")]
    [InlineData("a b", "1")]
    [InlineData("a;", "1")]
    [InlineData("a", "x y")]
    [InlineData("a", "1; Domain=evil")]
    [InlineData("a", "1\r\nX: y")]
    [InlineData("a", "\u4f60")]
    [InlineData("a", "\"q\"")]
    public void SetCookie_OutsideOfTheGrammar_IsRefused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new SetCookie(name, value));

    public static TheoryData<SetCookie, string> Contradictions => new()
    {
        { new SetCookie("a", "") { Path = "x" }, "Path" },
        { new SetCookie("a", "") { Path = "/; Secure" }, "Path" },
        { new SetCookie("a", "") { Domain = "x;y" }, "Domain" },
        { new SetCookie("a", "") { MaxAge = TimeSpan.FromSeconds(-1) }, "MaxAge" },
        { new SetCookie("a", "") { SameSite = SameSiteMode.None }, "SameSite" },
        { new SetCookie("__Secure-a", ""), "__Secure-" },
        { new SetCookie("__Host-a", ""), "__Host-" },
        { new SetCookie("__host-a", "") { Secure = true, Path = "/x" }, "__Host-" },
        { new SetCookie("__Host-a", "") { Secure = true, Domain = "x" }, "__Host-" },
    };

    [Theory]
    [MemberData(nameof(Contradictions), DisableDiscoveryEnumeration = true)]
    public void SetCookie_ThatBrowsersWouldRefuse_SaysWhy(SetCookie cookie, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => cookie.ToHeader()).Message, StringComparison.Ordinal);

    [Fact]
    public void SetCookie_WithThePrefixHost_IsAllowedWithItsRules() =>
        Assert.Equal("__Host-a=1; path=/; secure; samesite=lax; httponly",
            new SetCookie("__Host-a", "1") { Secure = true }.ToHeader().Value);
}
