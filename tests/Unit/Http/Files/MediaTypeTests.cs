using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("a.html", "text/html; charset=utf-8")]
    [InlineData("a.HTM", "text/html; charset=utf-8")]
    [InlineData("a.css", "text/css; charset=utf-8")]
    [InlineData("a.js", "text/javascript; charset=utf-8")]
    [InlineData("a.mjs", "text/javascript; charset=utf-8")]
    [InlineData("a.txt", "text/plain; charset=utf-8")]
    [InlineData("a.md", "text/markdown; charset=utf-8")]
    [InlineData("a.csv", "text/csv; charset=utf-8")]
    [InlineData("a.json", "application/json")]
    [InlineData("a.xml", "text/xml")]
    [InlineData("a.svg", "image/svg+xml")]
    [InlineData("a.png", "image/png")]
    [InlineData("a.webp", "image/webp")]
    [InlineData("a.avif", "image/avif")]
    [InlineData("a.wasm", "application/wasm")]
    [InlineData("a.woff2", "font/woff2")]
    [InlineData("a.pdf", "application/pdf")]
    [InlineData("a.tar.gz", "application/x-gzip")]
    [InlineData("a.vtt", "text/vtt; charset=utf-8")]
    [InlineData("a.log", "text/plain; charset=utf-8")]
    [InlineData("a.opus", "audio/ogg")]
    [InlineData("a.flac", "audio/flac")]
    [InlineData("a.mkv", "video/matroska")]
    [InlineData("a.ts", "video/mp2t")]
    [InlineData("a.epub", "application/epub+zip")]
    [InlineData("a.geojson", "application/geo+json")]
    [InlineData("a.glb", "model/gltf-binary")]
    [InlineData("a.yaml", "application/yaml")]
    [InlineData("a.YML", "application/yaml")]
    [InlineData("a.heic", "image/heic")]
    [InlineData("a.jxl", "image/jxl")]
    [InlineData("a.unknown", "application/octet-stream")]
    [InlineData("README", "application/octet-stream")]
    [InlineData("dir.html/README", "application/octet-stream")]
    public void For_FileName_GivesTypeAndCharset(string name, string type) => Assert.Equal(type, MediaTypes.Standard.For(name));

    [Fact]
    public async Task MediaType_OfTheOptions_IsSentAsItIs()
    {
        var types = new Dictionary<string, string> { [".ts"] = "text/x-typescript; charset=utf-8", [".Foo"] = "application/foo" };
        await using var site = new FileSite(files: new StaticFileOptions { MediaTypes = types });
        site.Write("a.ts", "let a = 1;");
        site.Write("b.FOO", "b");
        site.Write("c.css", "c");
        Assert.Equal("text/x-typescript; charset=utf-8", (await site.GetAsync("/a.ts"))["Content-Type"]);
        Assert.Equal("application/foo", (await site.GetAsync("/b.FOO"))["Content-Type"]);
        Assert.Equal("text/css; charset=utf-8", (await site.GetAsync("/c.css"))["Content-Type"]);
    }

    [Theory]
    [InlineData("ts", "text/plain")]
    [InlineData(".", "text/plain")]
    [InlineData(".tar.gz", "application/gzip")]
    [InlineData(".ts", "plain")]
    [InlineData(".ts", "")]
    public void MediaType_OfNoExtensionOrNoType_IsRefused(string extension, string type)
    {
        var options = new HttpServerOptions
        {
            Files = new StaticFileOptions { MediaTypes = new Dictionary<string, string> { [extension] = type } },
        };
        var failure = Assert.Throws<ArgumentException>(() => new HttpServer(options));
        Assert.Contains($"'{extension}' for '{type}'", failure.Message, StringComparison.Ordinal);
    }
}
