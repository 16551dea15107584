using System.Net.Sockets;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

/// <summary>Nothing outside the root is opened, nothing hidden is told.</summary>
public sealed class PathSafetyTests
{
    private const string Secret = "secret";

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/..")]
    [InlineData("/.%2e/secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/%2E%2E%2Fsecret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/dir/../../secret.txt")]
    [InlineData("/dir/../a.txt")]
    [InlineData("/dir/./a.txt")]
    [InlineData("/./a.txt")]
    [InlineData("/dir/..")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("/dir%5c..%5c..%5csecret.txt")]
    [InlineData("/..%255c..%255csecret.txt")]
    [InlineData("/%252e%252e/secret.txt")]
    [InlineData("/....//secret.txt")]
    [InlineData("//a.txt")]
    [InlineData("/dir//a.txt")]
    [InlineData("//etc/passwd")]
    [InlineData("/%2Fetc/passwd")]
    [InlineData("/.hidden")]
    [InlineData("/%2ehidden")]
    [InlineData("/.git/config")]
    [InlineData("/dir/.git/config")]
    [InlineData("/.well-known/.hidden")]
    [InlineData("/.well-known-not/a.txt")]
    [InlineData("/a.txt%0a")]
    [InlineData("/a.txt.")]
    [InlineData("/a.txt%20")]
    public async Task Path_Tricky_Answers404(string target)
    {
        await using var site = MakeSite();
        var response = await site.GetAsync(target);
        Assert.Equal(404, response.Status);
        Assert.Equal("not found\n", response.Body);
    }

    [Theory]
    [InlineData("/a.txt%00.html")]
    [InlineData("/%00")]
    [InlineData("/%c0%ae%c0%ae/secret.txt")]
    [InlineData("/%e0%80%ae/secret.txt")]
    [InlineData("/%ff")]
    [InlineData("/..\\secret.txt")]
    [InlineData("/%2")]
    [InlineData("/%zz")]
    public async Task Path_Malformed_Answers400(string target)
    {
        await using var site = MakeSite();
        Assert.Equal(400, (await site.GetAsync(target)).Status);
    }

    [Fact]
    public async Task Path_LongerThanTheSystemTakes_Answers404()
    {
        await using var site = MakeSite();
        Assert.Equal(404, (await site.GetAsync("/" + new string('a', 300))).Status);
        Assert.Equal(404, (await site.GetAsync("/" + string.Concat(Enumerable.Repeat("dir/", 1500)) + "a")).Status);
    }

    [Theory]
    [InlineData("module.csx")]
    [InlineData("module.CSX")]
    [InlineData("module.cs")]
    [InlineData("module.dll")]
    [InlineData("module.py")]
    [InlineData("sub/module.Py")]
    public async Task Source_OfAModule_IsNeverSent(string name)
    {
        await using var site = MakeSite();
        site.Write(name, Secret);
        var response = await site.GetAsync("/" + name);
        Assert.Equal(404, response.Status);
        Assert.DoesNotContain(Secret, response.Body, StringComparison.Ordinal);
        Assert.Equal(404, (await site.GetAsync("/" + name.Replace(".", "%2e", StringComparison.Ordinal))).Status);
    }

    [Theory]
    [InlineData("module.csx")]
    [InlineData("sub/module.Cs")]
    [InlineData("module.DLL")]
    [InlineData("module.pY")]
    [InlineData("module.py.gz")]
    public async Task Source_WithListingSinglePageRangesAndCodings_IsNeverSent(string name)
    {
        await using var site = new FileSite(files: new StaticFileOptions { ListsDirectories = true, SinglePage = "app.html" });
        site.Write(name, Secret);
        site.Write(name + ".br", Secret);
        site.Write("sub/a.txt", "a");
        string folder = name.Contains('/', StringComparison.Ordinal) ? "/sub/" : "/";
        Assert.DoesNotContain("module", (await site.GetAsync(folder)).Body, StringComparison.Ordinal);
        string[][] requests = [[], ["Accept: text/html"], ["Range: bytes=0-2"], ["Accept-Encoding: br, gzip"],
            ["Accept-Encoding: br", "Range: bytes=0-2"], ["If-None-Match: *"]];
        foreach (string[] headers in requests)
        {
            foreach (string method in new[] { "GET", "HEAD", "POST" })
            {
                var response = await site.SendAsync(method, "/" + name, headers);
                Assert.Equal(404, response.Status);
                Assert.DoesNotContain(Secret, response.Body, StringComparison.Ordinal);
                Assert.Equal((null, null), (response["ETag"], response["Accept-Ranges"]));
            }
        }
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("../../../../../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("/proc/self/root/etc/passwd")]
    [InlineData("/dev/zero")]
    [InlineData("link")]
    [InlineData("missing")]
    public async Task Link_OutOfTheRootOrNowhere_Answers404(string target)
    {
        await using var site = MakeSite();
        site.Link("link", target);
        Assert.Equal(404, (await site.GetAsync("/link")).Status);
    }

    [Fact]
    public async Task Link_OfADirectoryOutOfTheRoot_Answers404()
    {
        await using var site = MakeSite();
        site.Write("../outside/index.html", Secret);
        site.Link("out", "../outside");
        Assert.Equal(404, (await site.GetAsync("/out/index.html")).Status);
        Assert.Equal(404, (await site.GetAsync("/out/")).Status);
    }

    [Fact]
    public async Task Link_Absolute_IsRefusedAlsoInwards()
    {
        await using var site = MakeSite();
        site.Link("link", Path.Combine(site.Root, "a.txt"));
        Assert.Equal(404, (await site.GetAsync("/link")).Status);
    }

    [Fact]
    public async Task Link_InsideOfTheRoot_IsFollowed()
    {
        await using var site = MakeSite();
        site.Link("link", "dir/../a.txt");
        site.Link("folder", "dir");
        Assert.Equal("a", (await site.GetAsync("/link")).Body);
        Assert.Equal("b", (await site.GetAsync("/folder/b.txt")).Body);
    }

    [Fact]
    public async Task Fifo_Answers404AndDoesNotHang()
    {
        await using var site = MakeSite();
        await site.MakeFifoAsync("fifo");
        Assert.Equal(404, (await site.GetAsync("/fifo")).Status);
    }

    [Fact]
    public async Task Socket_Answers404()
    {
        await using var site = MakeSite();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(site.Root, "socket")));
        Assert.Equal(404, (await site.GetAsync("/socket")).Status);
    }

    private static FileSite MakeSite()
    {
        var site = new FileSite();
        site.Write("a.txt", "a");
        site.Write("dir/a.txt", "a");
        site.Write("dir/b.txt", "b");
        foreach (string name in new[] { ".hidden", ".git/config", "dir/.git/config", ".well-known/.hidden", ".well-known-not/a.txt",
            "../secret.txt" })
            site.Write(name, Secret);
        return site;
    }
}
