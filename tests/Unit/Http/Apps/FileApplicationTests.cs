using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

/// <summary>A folder below a URL: the same files, types, validators and refusals as the document root.</summary>
public sealed class FileApplicationTests : IAsyncLifetime
{
    private const int LargeSize = 300_000; // not kept in memory

    // Only its folder is used; ending it checks that no file stays open.
    private readonly FileSite _folder = new();
    private readonly byte[] _large = [.. Enumerable.Range(0, LargeSize).Select(static number => (byte)(number % 251))];
    private FileApplication _files = null!;
    private WireServer _server = null!;

    public ValueTask InitializeAsync()
    {
        _folder.Write("index.html", "the index");
        _folder.Write("a.txt", "0123456789");
        _folder.Write("sub/index.html", "below");
        _folder.Write("sub folder/index.html", "with a blank");
        _folder.Write("empty/page.html", "page");
        _folder.Write("app.js", "script");
        _folder.Write("app.js.gz", "compressed");
        _folder.Write(".secret", "hidden");
        _folder.Write("module.csx", "source");
        _folder.Write("large.bin", _large);
        _folder.Write("../outside.txt", "outside");
        _folder.Link("leaves.txt", "../outside.txt");
        _files = new FileApplication(_folder.Root);
        _server = new WireServer(routes => routes.MapFallback(new UrlMap { { "/static/*", _files }, { "/", _files } }));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _files.Dispose();
        await _folder.DisposeAsync();
    }

    private Task<WireResponse> GetAsync(string target, params string[] headers) => SendAsync("GET", target, headers);

    private async Task<WireResponse> SendAsync(string method, string target, params string[] headers)
    {
        string lines = string.Concat(headers.Select(static header => header + "\r\n"));
        return WireResponse.ReadAll(await _server.ExchangeAsync($"{method} {target} HTTP/1.1\r\nHost: a\r\n{lines}\r\n"), method).Single();
    }

    [Fact]
    public async Task File_BelowAPrefix_HasTypeValidatorsAndLength()
    {
        var response = await GetAsync("/static/a.txt");
        Assert.Equal((200, "0123456789"), (response.Status, response.Body));
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        Assert.Equal("10", response["Content-Length"]);
        Assert.Equal(FileSite.ModifiedText, response["Last-Modified"]);
        Assert.Equal("bytes", response["Accept-Ranges"]);
        Assert.Equal("nosniff", response["X-Content-Type-Options"]);
        Assert.Matches("^\"[0-9a-f]+\"$", response["ETag"]!);
    }

    [Theory]
    [InlineData("/", "the index")]
    [InlineData("/static", "the index")]
    [InlineData("/static/", "the index")]
    [InlineData("/static/sub/", "below")]
    public async Task Folder_WithIndex_IsItsIndex(string target, string body)
    {
        var response = await GetAsync(target);
        Assert.Equal((200, body), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("/static/sub?a=%20b", "/static/sub/?a=%20b")]
    [InlineData("/static/sub%20folder", "/static/sub%20folder/")]
    public async Task Folder_WithoutSlash_IsRedirectedBelowItsPrefix(string target, string location)
    {
        var response = await GetAsync(target);
        Assert.Equal((301, location), (response.Status, response["Location"]));
    }

    [Theory]
    [InlineData("/static/none.txt")]
    [InlineData("/static/empty")]
    [InlineData("/static/empty/")]
    [InlineData("/static/../outside.txt")]
    [InlineData("/static/..%2foutside.txt")]
    [InlineData("/static/sub/%2e%2e/%2e%2e/outside.txt")]
    [InlineData("/static//a.txt")]
    [InlineData("/static/..%5coutside.txt")]
    [InlineData("/static/.secret")]
    [InlineData("/static/module.csx")]
    [InlineData("/staticity")]
    public async Task Path_OfNoFile_Is404(string target)
    {
        var response = await GetAsync(target);
        Assert.Equal((404, "not found\n"), (response.Status, response.Body));
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
    }

    [Fact]
    public async Task Link_OutOfTheFolder_IsNotFollowed() =>
        Assert.DoesNotContain("outside", (await GetAsync("/static/leaves.txt")).Body, StringComparison.Ordinal);

    [Fact]
    public async Task Conditions_AreEvaluated()
    {
        string tag = (await GetAsync("/static/a.txt"))["ETag"]!;
        var known = await GetAsync("/static/a.txt", $"If-None-Match: {tag}");
        Assert.Equal((304, "", tag), (known.Status, known.Body, known["ETag"]));
        Assert.Equal(304, (await GetAsync("/static/a.txt", $"If-Modified-Since: {FileSite.ModifiedText}")).Status);
        Assert.Equal(304, (await GetAsync("/static/large.bin", $"If-Modified-Since: {FileSite.ModifiedText}")).Status);
        Assert.Equal(412, (await GetAsync("/static/large.bin", "If-Match: \"other\"")).Status);
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "bytes 2-4/10", "234")]
    [InlineData("bytes=-3", 206, "bytes 7-9/10", "789")]
    [InlineData("bytes=10-", 416, "bytes */10", "416 Range Not Satisfiable\n")]
    [InlineData("bytes=0-1,3-4", 200, null, "0123456789")]
    [InlineData("lines=1-2", 200, null, "0123456789")]
    public async Task Range_IsHonouredWhereItIsOne(string range, int status, string? contentRange, string body)
    {
        var response = await GetAsync("/static/a.txt", $"Range: {range}");
        Assert.Equal((status, contentRange, body), (response.Status, response["Content-Range"], response.Body));
    }

    [Fact]
    public async Task LargeFile_WholeAndInPart_ArrivesByteForByte()
    {
        Assert.Equal(Encoding.Latin1.GetString(_large), (await GetAsync("/static/large.bin")).Body);
        var part = await GetAsync("/static/large.bin", "Range: bytes=100000-250000");
        Assert.Equal((206, "150001"), (part.Status, part["Content-Length"]));
        Assert.Equal(Encoding.Latin1.GetString(_large[100_000..250_001]), part.Body);
        var head = await SendAsync("HEAD", "/static/large.bin");
        Assert.Equal((200, $"{LargeSize}"), (head.Status, head["Content-Length"]));
    }

    [Fact]
    public async Task CompressedSibling_IsSentToThoseWhoTakeIt()
    {
        var compressed = await GetAsync("/static/app.js", "Accept-Encoding: gzip");
        Assert.Equal(("compressed", "gzip", "Accept-Encoding"), (compressed.Body, compressed["Content-Encoding"], compressed["Vary"]));
        Assert.Equal("script", (await GetAsync("/static/app.js")).Body);
    }

    [Theory]
    [InlineData("POST", "/static/a.txt", 405)]
    [InlineData("POST", "/static/large.bin", 405)]
    [InlineData("DELETE", "/static/sub", 405)]
    [InlineData("OPTIONS", "/static/a.txt", 204)]
    [InlineData("BREW", "/static/a.txt", 501)]
    public async Task Method_OtherThanGetAndHead_IsAnsweredWithAllow(string method, string target, int status)
    {
        var response = await SendAsync(method, target);
        Assert.Equal((status, "GET, HEAD, OPTIONS"), (response.Status, response["Allow"]));
    }

    [Fact]
    public async Task File_Changed_IsSentAsItIsNow()
    {
        Assert.Equal("0123456789", (await GetAsync("/static/a.txt")).Body);
        _folder.Replace("a.txt", "changed");
        Assert.Equal("changed", (await GetAsync("/static/a.txt")).Body);
    }

    [Fact]
    public void Folder_Missing_IsNamed() =>
        Assert.Contains("/no/such/folder",
            Assert.Throws<DirectoryNotFoundException>(static () => new FileApplication("/no/such/folder")).Message,
            StringComparison.Ordinal);
}
