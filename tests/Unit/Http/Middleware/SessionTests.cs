using AsyncServer.Http;
using AsyncServer.Unit.Support;
using Microsoft.AspNetCore.DataProtection;

namespace AsyncServer.Unit.Http.Middleware;

public sealed class SessionTests
{
    private static readonly (string, string)[] Html = [("Content-Type", "text/html")];

    private static WireServer Serve(SessionOptions? options = null) => new(routes =>
    {
        var app = Applications.From((environ, startResponse) =>
        {
            var session = environ.Session;
            string answer = $"{session["name"]}|{session.Count}";
            switch (environ.QueryString)
            {
                case "clear": session.Clear(); break;
                case "late":
                    startResponse("200 OK", Html);
                    session["name"] = "late";
                    return answer;
                case "" or "look": break;
                default: session["name"] = environ.QueryString; break;
            }
            startResponse("200 OK", Html);
            return answer;
        });
        routes.Map("/s", Sessions.Wrap(app, options));
        routes.Map("/untouched", Sessions.Wrap(Applications.From((environ, startResponse) =>
        {
            startResponse("200 OK", Html);
            return "untouched";
        }), options));
    });

    private static async Task<WireResponse> GetAsync(WireServer server, string target, string? cookie = null) =>
        WireResponse.ReadAll(await server.ExchangeAsync(
            $"GET {target} HTTP/1.1\r\nHost: a\r\n{(cookie is null ? "" : $"Cookie: {cookie}\r\n")}\r\n")).Single();

    private static string Pair(WireResponse response) => response["Set-Cookie"]!.Split(';')[0];

    [Fact]
    public async Task Session_SetByOneRequest_IsThereInTheNext()
    {
        await using var server = Serve();
        var first = await GetAsync(server, "/s?ann");
        Assert.Equal("|0", first.Body);
        Assert.Matches("^session=[-_A-Za-z0-9]+; max-age=28800; path=/; samesite=lax; httponly$", first["Set-Cookie"]);
        Assert.DoesNotContain("ann", first["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal(("Cookie", "private"), (first["Vary"], first["Cache-Control"]));
        var second = await GetAsync(server, "/s", Pair(first));
        Assert.Equal("ann|1", second.Body);
        Assert.Null(second["Set-Cookie"]); // nothing changed
        Assert.Equal("Cookie", second["Vary"]);
    }

    [Fact]
    public async Task Session_ThatNobodyUses_LeavesTheResponseAlone()
    {
        await using var server = Serve();
        var response = await GetAsync(server, "/untouched", Pair(await GetAsync(server, "/s?ann")));
        Assert.Equal((null, null, null), (response["Set-Cookie"], response["Vary"], response["Cache-Control"]));
    }

    [Fact]
    public async Task Session_ChangedAfterStartResponse_IsSavedWhileTheHeadHasNotLeft()
    {
        await using var server = Serve();
        Assert.Equal("late|1", (await GetAsync(server, "/s", Pair(await GetAsync(server, "/s?late")))).Body);
    }

    [Fact]
    public async Task Session_Cleared_HasTheBrowserDropTheCookie()
    {
        await using var server = Serve();
        var response = await GetAsync(server, "/s?clear", Pair(await GetAsync(server, "/s?ann")));
        Assert.Equal("session=; max-age=0; path=/; samesite=lax; httponly", response["Set-Cookie"]);
        Assert.Null((await GetAsync(server, "/s?clear"))["Set-Cookie"]);
    }

    [Fact]
    public async Task Session_OfAForgedCookie_IsNew()
    {
        await using var server = Serve();
        string pair = Pair(await GetAsync(server, "/s?ann"));
        int middle = pair.Length / 2;
        string changed = pair[..middle] + (pair[middle] == 'A' ? 'B' : 'A') + pair[(middle + 1)..];
        foreach (string forged in (string[])[changed, pair[..^4], "session=", "session=%%", "session=abcd",
            "session=" + new string('A', 4000), "other=1"])
            Assert.Equal("|0", (await GetAsync(server, "/s", forged)).Body);
    }

    [Fact]
    public async Task Session_OfAnotherCookiesName_IsNew()
    {
        var protection = new EphemeralDataProtectionProvider();
        await using var one = Serve(new SessionOptions { Protection = protection });
        await using var other = Serve(new SessionOptions { Protection = protection, CookieName = "other" });
        string pair = Pair(await GetAsync(one, "/s?ann"));
        Assert.Equal("|0", (await GetAsync(other, "/s", pair.Replace("session=", "other=", StringComparison.Ordinal))).Body);
    }

    [Fact]
    public async Task Session_InUse_SlidesAndOtherwiseExpires()
    {
        await using var server = Serve(new SessionOptions { Timeout = TimeSpan.FromMinutes(20) });
        string pair = Pair(await GetAsync(server, "/s?ann"));
        await server.AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.Null((await GetAsync(server, "/s", pair))["Set-Cookie"]);
        await server.AdvanceAsync(TimeSpan.FromMinutes(2));
        var renewed = await GetAsync(server, "/untouched", pair); // more than half is over
        Assert.Contains("max-age=1200", renewed["Set-Cookie"], StringComparison.Ordinal);
        await server.AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.Equal("|0", (await GetAsync(server, "/s", pair)).Body);
        Assert.Equal("ann|1", (await GetAsync(server, "/s", Pair(renewed))).Body);
    }

    [Fact]
    public async Task Session_LargerThanACookie_IsAnErrorThatSaysSo()
    {
        await using var server = Serve();
        Assert.Equal(200, (await GetAsync(server, "/s?" + new string('x', 2500))).Status);
        Assert.Equal(500, (await GetAsync(server, "/s?" + new string('x', 4000))).Status);
        Assert.Contains(server.Log.Lines, static line =>
            line.Exception?.Message.Contains("browsers keep 4096", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Session_ChangedOnceTheResponseHasBegun_Throws()
    {
        Exception? seen = null;
        await using var server = new WireServer(routes => routes.Map("/s", Sessions.Wrap(Applications.From(CountAsync))));
        var response = WireResponse.ReadAll(await server.ExchangeAsync("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")).Single();
        Assert.Equal(("12", true), (response.Body, response["Set-Cookie"] is not null));
        Assert.IsType<InvalidOperationException>(seen);

        async IAsyncEnumerable<string> CountAsync(Environ environ, StartResponse startResponse)
        {
            await Task.Yield();
            environ.Session["a"] = "1";
            startResponse("200 OK", Html);
            yield return "1";
            seen = Record.Exception(() => environ.Session["a"] = "2");
            yield return "2";
        }
    }

    [Fact]
    public async Task Session_ThroughWriteAndAnErrorsRestart_IsSaved()
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/write", Sessions.Wrap(async (environ, startResponse) =>
            {
                var write = startResponse("200 OK", Html);
                environ.Session["a"] = "1";
                await write("one,"u8.ToArray());
                return "two";
            }));
            routes.Map("/again", Sessions.Wrap(Applications.From((environ, startResponse) =>
            {
                startResponse("200 OK", Html);
                environ.Session["a"] = "1";
                Assert.Throws<InvalidOperationException>(() => startResponse("200 OK", Html));
                Assert.Throws<ArgumentException>(() => startResponse("200", Html, new TimeoutException()));
                startResponse("503 Service Unavailable", Html, new TimeoutException());
                return "again";
            })));
        });
        foreach (var (target, status, body) in ((string, int, string)[])[("/write", 200, "one,two"), ("/again", 503, "again")])
        {
            var response = await GetAsync(server, target);
            Assert.Equal((status, body), (response.Status, response.Body));
            Assert.NotNull(response["Set-Cookie"]);
        }
    }

    [Fact]
    public async Task Session_WithoutMiddleware_SaysWhatIsMissing()
    {
        await using var server = new WireServer(routes => routes.Map("/s", (environ, _) => environ.Session["a"] ?? ""));
        Assert.Equal(500, (await GetAsync(server, "/s")).Status);
        Assert.Contains(server.Log.Lines, static line =>
            line.Exception?.Message.Contains("Sessions.Wrap", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task KeyFolder_OutlivesTheServer()
    {
        var folder = Directory.CreateTempSubdirectory("asyncserver-keys-");
        var options = new SessionOptions { KeyFolder = Path.Combine(folder.FullName, "keys") };
        string pair;
        await using (var server = Serve(options))
            pair = Pair(await GetAsync(server, "/s?ann"));
        await using (var server = Serve(options))
            Assert.Equal("ann|1", (await GetAsync(server, "/s", pair)).Body);
        await using (var server = Serve())
            Assert.Equal("|0", (await GetAsync(server, "/s", pair)).Body);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            new DirectoryInfo(options.KeyFolder).UnixFileMode);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Options_ThatCannotWork_AreRefusedAtOnce()
    {
        var app = Applications.From(static (_, _) => "");
        Assert.Throws<ArgumentException>(() => Sessions.Wrap(app, new SessionOptions { CookieName = "a b" }));
        Assert.Throws<ArgumentException>(() => Sessions.Wrap(app, new SessionOptions { CookieName = "__Host-session" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sessions.Wrap(app, new SessionOptions { Timeout = TimeSpan.Zero }));
        Sessions.Wrap(app, new SessionOptions { CookieName = "__Host-session", Secure = true });
    }

    [Fact]
    public async Task CsrfToken_OfTheSession_IsValidAndOthersAreNot()
    {
        var app = Applications.From(async (environ, startResponse) =>
        {
            if (environ.Method == "GET")
            {
                startResponse("200 OK", Html);
                return $"{environ.Session.CsrfToken} {environ.Session.CsrfToken}";
            }
            bool isValid = environ.Session.IsCsrfTokenValid(await environ.ReadFormAsync());
            startResponse(isValid ? "200 OK" : "403 Forbidden", Html);
            return "";
        });
        await using var server = new WireServer(routes => routes.Map("/s", Sessions.Wrap(app)));
        var page = await GetAsync(server, "/s");
        string[] tokens = page.Body.Split(' ');
        Assert.NotEqual(tokens[0], tokens[1]);
        var other = await GetAsync(server, "/s");
        Assert.Equal(200, await PostAsync(tokens[0], Pair(page)));
        Assert.Equal(200, await PostAsync(tokens[1], Pair(page)));
        Assert.Equal(403, await PostAsync(tokens[0], Pair(other)));
        Assert.Equal(403, await PostAsync(tokens[0], "x=1"));
        foreach (string wrong in (string[])["", "a", tokens[0][..^1], tokens[0] + "AAAA", new string('A', 43), "%E4%BD%A0",
            new string('A', 1000)])
            Assert.Equal(403, await PostAsync(wrong, Pair(page)));

        async Task<int> PostAsync(string token, string cookie)
        {
            string body = $"{Session.CsrfField}={token}";
            return WireResponse.ReadAll(
                await server.ExchangeAsync(
                $"POST /s HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nContent-Type: "
                + $"application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}")).Single().Status;
        }
    }
}
