using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class StaticFilesTests
{
    [Fact]
    public async Task Get_File_SendsItWithItsHeaders()
    {
        await using var site = new FileSite();
        site.Write("a.txt", "hello");

        var response = await site.GetAsync("/a.txt");

        Assert.Equal(200, response.Status);
        Assert.Equal("hello", response.Body);
        Assert.Equal("5", response["Content-Length"]);
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        Assert.Equal(FileSite.ModifiedText, response["Last-Modified"]);
        Assert.Equal("bytes", response["Accept-Ranges"]);
        Assert.Equal("nosniff", response["X-Content-Type-Options"]);
        Assert.Matches("^\"[0-9a-f]{24}\"$", response["ETag"]!);
        Assert.Equal("AsyncServer", response["Server"]);
        Assert.NotNull(response["Date"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(16 * 1024)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData((256 * 1024) + 7)]
    [InlineData(1_000_003)]
    public async Task Get_AnySize_SendsEveryByte(int size)
    {
        await using var site = new FileSite();
        byte[] content = new byte[size];
        new Random(size).NextBytes(content);
        site.Write("file.bin", content);

        foreach (string which in new[] { "first", "second" })
        {
            var response = await site.GetAsync("/file.bin");
            Assert.Equal(200, response.Status);
            Assert.Equal(size.ToString(System.Globalization.CultureInfo.InvariantCulture), response["Content-Length"]);
            Assert.True(content.AsSpan().SequenceEqual(Encoding.Latin1.GetBytes(response.Body)), which);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Head_File_SendsTheHeadOfTheGetAlone(int size)
    {
        await using var site = new FileSite();
        site.Write("a.txt", new string('x', size));

        var get = await site.GetAsync("/a.txt");
        var head = await site.SendAsync("HEAD", "/a.txt");

        Assert.Equal(get.Headers, head.Headers);
        Assert.Equal("", head.Body);
    }

    [Theory]
    [InlineData("/a%20b.txt", "a b.txt")]
    [InlineData("/%C3%A4%E2%82%AC%F0%9F%98%80.txt", "ä€😀.txt")]
    [InlineData("/100%25.txt", "100%.txt")]
    [InlineData("/%61.txt", "a.txt")]
    [InlineData("/q%3F.txt", "q?.txt")]
    [InlineData("/a+b.txt", "a+b.txt")]
    [InlineData("/sub/deep/a.txt", "sub/deep/a.txt")]
    [InlineData("/.well-known/security.txt", ".well-known/security.txt")]
    [InlineData("/a.txt?v=3", "a.txt")]
    [InlineData("http://a/a.txt", "a.txt")]
    public async Task Get_Path_IsDecodedOnce(string target, string name)
    {
        await using var site = new FileSite();
        site.Write(name, "this one");
        var response = await site.GetAsync(target);
        Assert.Equal(200, response.Status);
        Assert.Equal("this one", response.Body);
    }

    [Theory]
    [InlineData("/", "index.html")]
    [InlineData("/dir/", "dir/index.html")]
    [InlineData("http://a", "index.html")]
    public async Task Get_Directory_SendsItsIndex(string target, string name)
    {
        await using var site = new FileSite();
        site.Write(name, "<p>index");
        var response = await site.GetAsync(target);
        Assert.Equal("<p>index", response.Body);
        Assert.Equal("text/html; charset=utf-8", response["Content-Type"]);
    }

    [Theory]
    [InlineData("/dir", "/dir/")]
    [InlineData("/dir?a=b&c=%20", "/dir/?a=b&c=%20")]
    [InlineData("/d%69r", "/d%69r/")]
    [InlineData("http://other.example/dir", "/dir/")]
    public async Task Get_DirectoryWithoutSlash_RedirectsOnThisHost(string target, string location)
    {
        await using var site = new FileSite();
        site.Write("dir/index.html", "index");
        var response = await site.GetAsync(target);
        Assert.Equal(301, response.Status);
        Assert.Equal(location, response["Location"]);
    }

    [Theory]
    [InlineData("//dir")]
    [InlineData("/%2Fdir")]
    [InlineData("//dir/")]
    [InlineData("/empty")]
    [InlineData("/empty/")]
    [InlineData("/a.txt/")]
    [InlineData("/A.TXT")]
    [InlineData("/missing")]
    public async Task Get_NotAFile_Answers404(string target)
    {
        await using var site = new FileSite();
        site.Write("dir/index.html", "index");
        site.Write("a.txt", "a");
        Directory.CreateDirectory(Path.Combine(site.Root, "empty"));
        Assert.Equal(404, (await site.GetAsync(target)).Status);
    }

    [Fact]
    public async Task Get_NotAFile_GoesToTheFallback()
    {
        await using var site = new FileSite(routes => routes.MapFallback((request, _) => Response.Text("app " + request.Path)));
        Assert.Equal("app /missing", (await site.GetAsync("/missing")).Body);
        Assert.Equal("app /.env", (await site.GetAsync("/.env")).Body);
    }

    [Theory]
    [InlineData("OPTIONS", 204)]
    [InlineData("POST", 405)]
    [InlineData("DELETE", 405)]
    [InlineData("BREW", 501)]
    public async Task OtherMethod_File_IsNotAllowed(string method, int status)
    {
        await using var site = new FileSite();
        site.Write("a.txt", "a");
        site.Write("dir/index.html", "a");
        foreach (string target in new[] { "/a.txt", "/dir", "/dir/" })
        {
            var response = await site.SendAsync(method, target);
            Assert.Equal(status, response.Status);
            Assert.Equal("GET, HEAD, OPTIONS", response["Allow"]);
        }
    }

    [Fact]
    public async Task OtherMethod_MissingFile_Answers404()
    {
        await using var site = new FileSite();
        Assert.Equal(404, (await site.SendAsync("POST", "/a.txt")).Status);
        Assert.Equal(404, (await site.SendAsync("OPTIONS", "/a.txt")).Status);
    }

    [Fact]
    public async Task Get_Pipelined_AnswersInOrder()
    {
        await using var site = new FileSite();
        site.Write("small", "small");
        site.Write("large", new string('L', 200_000));
        const string Tail = " HTTP/1.1\r\nHost: a\r\n\r\n";
        string text = await site.Server.ExchangeAsync(
            $"GET /small{Tail}GET /large{Tail}GET /missing{Tail}HEAD /large{Tail}GET /small{Tail}");
        var first = WireResponse.Parse(text);
        var second = WireResponse.Parse(first.Body[5..]);
        var third = WireResponse.Parse(second.Body[200_000..]);
        var fourth = WireResponse.Parse(third.Body[10..]);
        var fifth = WireResponse.Parse(fourth.Body);
        Assert.Equal([200, 200, 404, 200, 200], [first.Status, second.Status, third.Status, fourth.Status, fifth.Status]);
        Assert.Equal("small", fifth.Body);
    }
}
