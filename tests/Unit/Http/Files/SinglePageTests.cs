using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class SinglePageTests
{
    private const string Browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static readonly StaticFileOptions Single = new() { SinglePage = "app.html" };

    [Theory]
    [InlineData("/users/7", Browser, 200)]
    [InlineData("/users/", Browser, 200)]
    [InlineData("/users/7?tab=1", Browser, 200)]
    [InlineData("/", Browser, 200)]
    [InlineData("/old.html", Browser, 200)]
    [InlineData("/v1.2/users", Browser, 200)]
    [InlineData("/users/7", "Accept: TEXT/HTML;q=0.1", 200)]
    [InlineData("/users/7", "Accept: application/json\r\nAccept: text/html", 200)]
    [InlineData("/users/7", "Accept: text/html;q=0, */*", 404)]
    [InlineData("/users/7", "Accept: */*", 404)]
    [InlineData("/users/7", "Accept: application/json", 404)]
    [InlineData("/users/7", "X: y", 404)]
    [InlineData("/app.js", Browser, 404)]
    [InlineData("/img/a.png", Browser, 404)]
    [InlineData("/module.py", Browser, 404)]
    [InlineData("/.git/config", Browser, 404)]
    [InlineData("//users", Browser, 404)]
    public async Task Unknown_Path_GetsThePageWhereItIsWanted(string target, string accept, int status)
    {
        await using var site = new FileSite(files: Single);
        foreach (string method in new[] { "GET", "HEAD", "GET" })
        {
            var response = await site.SendAsync(method, target, accept);
            Assert.Equal(status, response.Status);
            Assert.Equal(status == 200 ? "Accept" : null, response["Vary"]);
            if (method == "GET")
                Assert.Equal(status == 200 ? "page app.html" : target.EndsWith(".py", StringComparison.Ordinal) ? "no such module\n"
                    : "not found\n", response.Body);
        }
        Assert.Equal(404, (await site.SendAsync("POST", target, accept)).Status);
    }

    [Fact]
    public async Task Known_Path_IsAnsweredAsEver()
    {
        await using var site = new FileSite(routes => routes.MapFallback((_, _) => Response.Text("app")), Single);
        site.Write("users", "file");
        Assert.Equal("file", (await site.GetAsync("/users", Browser)).Body);
        Assert.Equal("hello", (await site.GetAsync("/hello", Browser)).Body);
        Assert.Equal("page app.html", (await site.GetAsync("/else", Browser)).Body);
        Assert.Equal("app", (await site.GetAsync("/else", "Accept: application/json")).Body);
    }

    [Fact]
    public async Task Page_HasValidatorsAndIsNoticedWhenItGoes()
    {
        await using var site = new FileSite(files: Single);
        string tag = (await site.GetAsync("/users", Browser))["ETag"]!;
        var known = await site.GetAsync("/other", Browser, "If-None-Match: " + tag);
        Assert.Equal((304, "Accept"), (known.Status, known["Vary"]));
        File.Delete(Path.Combine(site.Root, "app.html"));
        Assert.Equal(404, (await site.GetAsync("/users", Browser)).Status);
    }

    [Fact]
    public void Page_DoesNotExist_IsRefused() => Assert.Throws<FileNotFoundException>(
        () => new HttpServerOptions
        {
            Root = AppContext.BaseDirectory,
            Files = new StaticFileOptions { SinglePage = "none.html" }
        }.Check());
}
