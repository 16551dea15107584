using AsyncServer.Http;

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
    [InlineData("a.unknown", "application/octet-stream")]
    [InlineData("README", "application/octet-stream")]
    [InlineData("dir.html/README", "application/octet-stream")]
    public void For_FileName_GivesTypeAndCharset(string name, string type) => Assert.Equal(type, MediaTypes.For(name));
}
