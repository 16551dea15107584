using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class CacheControlTests
{
    [Theory]
    [InlineData("*.js", "app.js", true)]
    [InlineData("*.js", "lib/app.js", false)]
    [InlineData("/*.js", "app.js", true)]
    [InlineData("**/*.js", "app.js", true)]
    [InlineData("**/*.js", "lib/deep/app.js", true)]
    [InlineData("**.js", "lib/deep/app.js", true)]
    [InlineData("**", "any/thing at all", true)]
    [InlineData("img/**", "img/a/b.png", true)]
    [InlineData("img/**", "img", false)]
    [InlineData("img/*", "img/a/b.png", false)]
    [InlineData("lib/**/x.js", "lib/x.js", true)]
    [InlineData("lib/**/x.js", "lib/a/b/x.js", true)]
    [InlineData("lib/**/x.js", "lib/ax.js", false)]
    [InlineData("a?.txt", "ab.txt", true)]
    [InlineData("a?.txt", "a.txt", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("a.txt", "a.txt", true)]
    [InlineData("a.txt", "A.txt", false)]
    [InlineData("a.txt", "axtxt", false)]
    [InlineData("a.txt", "a.txt.bak", false)]
    [InlineData("[a](b)+$", "[a](b)+$", true)]
    [InlineData("*", "line\nend", true)]
    [InlineData("é*", "éa", true)]
    public void Glob_Path_Matches(string pattern, string path, bool matches) => Assert.Equal(matches, new Glob(pattern).Matches(path));

    [Fact]
    public async Task CacheControl_FirstRuleThatMatches_Counts()
    {
        await using var site = new FileSite(files: new StaticFileOptions
        {
            CacheControl = [("assets/**", "public, max-age=31536000, immutable"), ("**/*.html", "no-cache"), ("**", "max-age=60")],
        });
        foreach (string name in new[] { "assets/a.html", "index.html", "a.txt" })
            site.Write(name, "content");
        Assert.Equal("public, max-age=31536000, immutable", (await site.GetAsync("/assets/a.html"))["Cache-Control"]);
        Assert.Equal("no-cache", (await site.GetAsync("/"))["Cache-Control"]);
        var response = await site.GetAsync("/a.txt");
        Assert.Equal("max-age=60", response["Cache-Control"]);
        Assert.Equal("max-age=60", (await site.GetAsync("/a.txt", "If-None-Match: " + response["ETag"]))["Cache-Control"]); // 304
        Assert.Equal("max-age=60", (await site.GetAsync("/a.txt", "Range: bytes=0-1"))["Cache-Control"]);
        Assert.Null((await site.GetAsync("/missing"))["Cache-Control"]);
    }

    [Fact]
    public async Task CacheControl_NoRule_IsNotSent()
    {
        await using var site = new FileSite(files: new StaticFileOptions { CacheControl = [("*.js", "no-cache")] });
        site.Write("a.txt", "a");
        Assert.Null((await site.GetAsync("/a.txt"))["Cache-Control"]);
    }

    [Theory]
    [InlineData("", "no-cache")]
    [InlineData("/", "no-cache")]
    [InlineData("*", "")]
    [InlineData("*", "a\r\nX: b")]
    public void CacheControl_WithoutMeaning_IsRefused(string glob, string value) => Assert.Throws<ArgumentException>(
        () => new HttpServerOptions { Files = new StaticFileOptions { CacheControl = [(glob, value)] } }.Check());
}
