using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class ErrorPageTests
{
    private static readonly StaticFileOptions Pages = new()
    {
        ErrorPages = new Dictionary<int, string>
        {
            [404] = "none.html",
            [405] = "/errors/405.html",
            [412] = "412.txt",
            [416] = "416.html",
            [500] = "500.html"
        },
    };

    [Theory]
    [InlineData("GET", "/missing", 404, "none.html")]
    [InlineData("POST", "/missing", 404, "none.html")]
    [InlineData("POST", "/a.txt", 405, "/errors/405.html")]
    [InlineData("DELETE", "/dir", 405, "/errors/405.html")]
    [InlineData("GET", "/throws", 500, "500.html")]
    public async Task Error_WithAPage_KeepsItsStatus(string method, string target, int status, string page)
    {
        await using var site = MakeSite();
        foreach (string _ in new[] { "read", "kept" })
        {
            var response = await site.SendAsync(method, target);
            Assert.Equal((status, "page " + page), (response.Status, response.Body));
            Assert.Equal("text/html; charset=utf-8", response["Content-Type"]);
            Assert.Equal("no-store", response["Cache-Control"]);
            Assert.Null(response["ETag"]);
            Assert.Null(response["Last-Modified"]);
            Assert.Equal(status == 405 ? "GET, HEAD, OPTIONS" : null, response["Allow"]);
        }
    }

    [Fact]
    public async Task Error_OfConditionsAndRanges_KeepsItsHeaders()
    {
        await using var site = MakeSite();
        Assert.Equal("page 412.txt", (await site.GetAsync("/a.txt", "If-Match: \"x\"")).Body);
        var response = await site.GetAsync("/a.txt", "Range: bytes=5-");
        Assert.Equal((416, "page 416.html", "bytes */1"), (response.Status, response.Body, response["Content-Range"]));
    }

    [Fact]
    public async Task Error_Head_HasTheLengthOfThePageAlone()
    {
        await using var site = MakeSite();
        var response = await site.SendAsync("HEAD", "/missing");
        Assert.Equal((404, "14", ""), (response.Status, response["Content-Length"], response.Body));
    }

    [Fact]
    public async Task Error_ThatSaysMore_StaysAsItIs()
    {
        await using var site = new FileSite(routes => routes.Map("/own", (_, _) => Response.Text("own", 404)), Pages);
        Assert.Equal("own", (await site.GetAsync("/own")).Body);
        Assert.Equal("no such module\n", (await site.GetAsync("/missing.py")).Body);
    }

    [Fact]
    public async Task Error_ThrownByAnApp_LeavesTheConnectionInStep()
    {
        await using var site = MakeSite();
        const string Throw = "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n";
        var responses = WireResponse.ReadAll(await site.Server.ExchangeAsync(Throw + Throw + "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(["page 500.html", "page 500.html", "a"], responses.Select(static response => response.Body));
    }

    [Fact]
    public async Task Default_404Html_IsUsedWhileItIsThere()
    {
        await using var site = new FileSite();
        Assert.Equal("not found\n", (await site.GetAsync("/missing")).Body);
        string path = site.Write("404.html", "<p>none");
        Assert.Equal("<p>none", (await site.GetAsync("/missing")).Body);
        site.Replace("404.html", "<p>nine");
        Assert.Equal("<p>nine", (await site.GetAsync("/missing")).Body);
        File.Delete(path);
        Assert.Equal("not found\n", (await site.GetAsync("/missing")).Body);
        Assert.Equal(404, (await site.GetAsync("/404.html")).Status);
    }

    [Fact]
    public async Task Page_ByItsOwnName_IsAFile()
    {
        await using var site = MakeSite();
        var response = await site.GetAsync("/none.html");
        Assert.Equal(200, response.Status);
        Assert.NotNull(response["ETag"]);
    }

    [Fact]
    public async Task Page_TooLargeToKeep_LeavesTheErrorPlain()
    {
        await using var site = new FileSite();
        site.Write("404.html", new byte[FileCache.MaxContent + 1]);
        Assert.Equal("not found\n", (await site.GetAsync("/missing")).Body);
    }

    [Theory]
    [InlineData(200, "a.txt")]
    [InlineData(600, "a.txt")]
    public void Page_ForNoError_IsRefused(int status, string file) => Assert.Throws<ArgumentException>(
        () => new HttpServerOptions
        {
            Files = new StaticFileOptions
            {
                ErrorPages = new Dictionary<int, string>
                {
                    [
            status] = file
                }
            }
        }.Check());

    [Theory]
    [InlineData("missing.html")]
    [InlineData("../secret.html")]
    [InlineData(".hidden")]
    [InlineData("app.py")]
    [InlineData("")]
    public void Page_ThatIsNotServed_IsRefused(string file) => Assert.Throws<FileNotFoundException>(() => new HttpServerOptions
    {
        Root = AppContext.BaseDirectory,
        Files = new StaticFileOptions { ErrorPages = new Dictionary<int, string> { [404] = file } },
    }.Check());

    private static FileSite MakeSite()
    {
        var site = new FileSite(routes => routes.Map("/throws",
            (Func<Request, CancellationToken, Response>)((_, _) => throw new InvalidOperationException("secret"))), Pages);
        site.Write("a.txt", "a");
        site.Write("dir/index.html", "index");
        return site;
    }
}
