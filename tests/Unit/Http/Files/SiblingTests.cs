using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

/// <summary>Compressed versions beside a file, and which of them a client gets.</summary>
public sealed class SiblingTests
{
    [Theory]
    [InlineData(null, "plain")]
    [InlineData("", "plain")]
    [InlineData("identity", "plain")]
    [InlineData("deflate", "plain")]
    [InlineData("gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("zstd", "zstd")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate, zstd", "zstd")]
    [InlineData("gzip;q=1.0, br;q=0.8", "gzip")]
    [InlineData("gzip ; q=0.3 , br;Q=0.301", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("br;q=0.000, gzip;q=0.001", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0.5, br;q=0", "zstd")]
    [InlineData("*;q=0", "plain")]
    [InlineData("*;q=0, gzip", "gzip")]
    [InlineData("identity;q=0", "plain")]
    [InlineData("identity;q=0, *;q=0", "plain")]
    [InlineData("identity;q=0, gzip;q=0.1", "gzip")]
    [InlineData("identity, gzip;q=0.5", "plain")]
    [InlineData("identity;q=0.5, gzip;q=0.5", "gzip")]
    [InlineData("br;q=2", "plain")]
    [InlineData("br;q=", "plain")]
    [InlineData("br;q=1.001", "plain")]
    [InlineData("br;q=0.1234", "plain")]
    [InlineData("br;q=x, ,, gzip", "gzip")]
    [InlineData("bro, brr, gzipped", "plain")]
    public async Task AcceptEncoding_Weights_ChooseTheVersion(string? accepted, string version)
    {
        await using var site = MakeSite();
        foreach (string which in new[] { "read", "kept" })
        {
            var response = await site.GetAsync("/app.js", accepted is null ? [] : [$"Accept-Encoding: {accepted}"]);
            Assert.Equal(200, response.Status);
            Assert.Equal((which, $"app {version}"), (which, response.Body));
            Assert.Equal(version == "plain" ? null : version, response["Content-Encoding"]);
            Assert.Equal("Accept-Encoding", response["Vary"]);
            Assert.Equal("text/javascript; charset=utf-8", response["Content-Type"]);
        }
    }

    [Fact]
    public async Task AcceptEncoding_TwoLines_AreOneList()
    {
        await using var site = MakeSite();
        Assert.Equal("app br", (await site.GetAsync("/app.js", "Accept-Encoding: gzip", "Accept-Encoding: br")).Body);
    }

    [Fact]
    public async Task Versions_HaveValidatorsOfTheirOwn()
    {
        await using var site = MakeSite();
        var plain = await site.GetAsync("/app.js");
        var compressed = await site.GetAsync("/app.js", "Accept-Encoding: br");
        Assert.NotEqual(plain["ETag"], compressed["ETag"]);
        var known = await site.GetAsync("/app.js", "Accept-Encoding: br", "If-None-Match: " + compressed["ETag"]);
        Assert.Equal(304, known.Status);
        Assert.Equal("Accept-Encoding", known["Vary"]);
        Assert.Equal(200, (await site.GetAsync("/app.js", "Accept-Encoding: br", "If-None-Match: " + plain["ETag"])).Status);
    }

    [Fact]
    public async Task Range_OfACompressedVersion_IsOfItsBytes()
    {
        await using var site = MakeSite();
        var response = await site.GetAsync("/app.js", "Accept-Encoding: gzip", "Range: bytes=4-");
        Assert.Equal((206, "gzip", "bytes 4-7/8", "gzip"),
            (response.Status, response.Body, response["Content-Range"], response["Content-Encoding"]));
        Assert.Equal((200, "app gzip"), await StatusAndBody(site, "Accept-Encoding: gzip", "Range: bytes=0-0,2-2"));
    }

    [Fact]
    public async Task Sibling_ByItsOwnName_IsAFileOfItsOwn()
    {
        await using var site = MakeSite();
        var response = await site.GetAsync("/app.js.br", "Accept-Encoding: br");
        Assert.Equal("app br", response.Body);
        Assert.Null(response["Content-Encoding"]);
        Assert.Null(response["Vary"]);
        Assert.Equal("application/octet-stream", response["Content-Type"]);
    }

    [Fact]
    public async Task NoSibling_HasNoVary()
    {
        await using var site = new FileSite();
        site.Write("a.txt", "a");
        Directory.CreateDirectory(Path.Combine(site.Root, "a.txt.gz"));
        var response = await site.GetAsync("/a.txt", "Accept-Encoding: gzip, br");
        Assert.Equal("a", response.Body);
        Assert.Null(response["Vary"]);
    }

    [Fact]
    public async Task Sibling_OlderThanItsOriginal_IsPassedOver()
    {
        await using var site = MakeSite();
        File.SetLastWriteTimeUtc(Path.Combine(site.Root, "app.js.br"), FileSite.Modified.UtcDateTime.AddSeconds(-1));
        Assert.Equal((200, "app zstd"), await StatusAndBody(site, "Accept-Encoding: br, zstd;q=0.1"));
    }

    [Theory]
    [InlineData("../secret.br")]
    [InlineData("/etc/hostname")]
    public async Task Sibling_LinkOutOfTheRoot_IsNotFollowed(string target)
    {
        await using var site = new FileSite();
        site.Write("a.txt", "inside");
        site.Write("../secret.br", "outside");
        site.Link("a.txt.br", target);
        Assert.Equal("inside", (await site.GetAsync("/a.txt", "Accept-Encoding: br")).Body);
        Assert.Equal("inside", (await site.GetAsync("/a.txt", "Accept-Encoding: br")).Body);
    }

    [Theory]
    [InlineData("/dir/", "dir/index.html")]
    [InlineData("/a%20b.txt", "a b.txt")]
    public async Task Sibling_OfAnyPath_IsFound(string target, string name)
    {
        await using var site = new FileSite();
        site.Write(name, "plain");
        site.Write(name + ".zst", "zstd");
        Assert.Equal("zstd", (await site.GetAsync(target, "Accept-Encoding: zstd")).Body);
    }

    [Theory]
    [InlineData(100_000, 200_000)]
    [InlineData(100_000, 100)]
    [InlineData(100, 100_000)]
    public async Task Sibling_OfAnySize_IsSentWhole(int size, int compressedSize)
    {
        await using var site = new FileSite();
        site.Write("app.js", new string('p', size));
        site.Write("app.js.gz", new string('z', compressedSize));
        foreach (string _ in new[] { "read", "kept" })
        {
            Assert.Equal(new string('z', compressedSize), (await site.GetAsync("/app.js", "Accept-Encoding: gzip")).Body);
            Assert.Equal(new string('p', size), (await site.GetAsync("/app.js")).Body);
        }
    }

    [Fact]
    public async Task Sibling_GoneChangedOrNew_IsNoticed()
    {
        await using var site = MakeSite();
        Assert.Equal("app br", (await site.GetAsync("/app.js", "Accept-Encoding: br")).Body);
        site.Replace("app.js.br", "new br");
        Assert.Equal("new br", (await site.GetAsync("/app.js", "Accept-Encoding: br")).Body);
        File.Delete(Path.Combine(site.Root, "app.js.br"));
        Assert.Equal("app plain", (await site.GetAsync("/app.js", "Accept-Encoding: br")).Body);
        site.Write("app.js.br", "newer br");
        await site.Server.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("newer br", (await site.GetAsync("/app.js", "Accept-Encoding: br")).Body);
    }

    [Theory]
    [InlineData("module.py.gz")]
    [InlineData("module.csx.br")]
    [InlineData("module.cs.zst.gz")]
    [InlineData("module.DLL.GZ")]
    public async Task Source_Compressed_IsNotSentEither(string name)
    {
        await using var site = new FileSite();
        site.Write(name, "source");
        Assert.Equal(404, (await site.GetAsync("/" + name)).Status);
    }

    private static async Task<(int, string)> StatusAndBody(FileSite site, params string[] headers)
    {
        var response = await site.GetAsync("/app.js", headers);
        return (response.Status, response.Body);
    }

    private static FileSite MakeSite()
    {
        var site = new FileSite();
        site.Write("app.js", "app plain");
        foreach (var coding in ContentCoding.All)
            site.Write("app.js" + coding.Suffix, Encoding.UTF8.GetBytes("app " + coding.Name));
        return site;
    }
}
