using System.Text.RegularExpressions;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed partial class ListingTests
{
    private static readonly StaticFileOptions Listing = new() { ListsDirectories = true };

    [Fact]
    public async Task Listing_NotAskedFor_Answers404()
    {
        await using var site = new FileSite();
        site.Write("dir/a.txt", "a");
        Assert.Equal(404, (await site.GetAsync("/dir/")).Status);
        Assert.Equal(404, (await site.GetAsync("/dir")).Status);
    }

    [Fact]
    public async Task Listing_Folder_HasWhatIsServedOfIt()
    {
        await using var site = new FileSite(files: Listing);
        foreach (string name in new[] { "b.txt", "a.txt", "sub/x", "later/x", ".hidden", ".git/config", ".well-known/x", "app.py",
            "lib.dll", "old.cs.gz" })
            site.Write(name, "12345");
        site.Write("../secret.txt", "secret");
        site.Link("out.txt", "../secret.txt");
        site.Link("in.txt", "a.txt");
        await site.MakeFifoAsync("pipe");
        var response = await site.GetAsync("/");
        Assert.Equal(200, response.Status);
        Assert.Equal("text/html; charset=utf-8", response["Content-Type"]);
        Assert.Equal([".well-known/", "later/", "sub/", "a.txt", "b.txt", "in.txt"], Links(response));
        Assert.Contains("<td>5 B</td><td>2026-03-01 10:20</td>", response.Body, StringComparison.Ordinal);
        Assert.Equal("", (await site.SendAsync("HEAD", "/")).Body);
    }

    [Fact]
    public async Task Listing_SubFolder_LeadsUpAndIsRedirectedTo()
    {
        await using var site = new FileSite(files: Listing);
        site.Write("dir/sub/a.txt", "a");
        Assert.Equal("/dir/", (await site.GetAsync("/dir"))["Location"]);
        Assert.Equal(["../", "sub/"], Links(await site.GetAsync("/dir/")));
        Assert.Equal(404, (await site.GetAsync("/dir/none/")).Status);
        Assert.Equal(404, (await site.GetAsync("/dir/sub/a.txt/")).Status);
        Assert.Equal(405, (await site.SendAsync("POST", "/dir/")).Status);
    }

    [Fact]
    public async Task Listing_WithAnIndex_ShowsTheIndex()
    {
        await using var site = new FileSite(files: Listing);
        site.Write("index.html", "index");
        site.Write("odd/index.html/a.txt", "the index is a folder");
        Assert.Equal("index", (await site.GetAsync("/")).Body);
        Assert.Equal(["../", "index.html/"], Links(await site.GetAsync("/odd/")));
    }

    [Theory]
    [InlineData("", "a b c")]
    [InlineData("?sort=name&order=desc", "c b a")]
    [InlineData("?sort=size", "b c a")]
    [InlineData("?sort=size&order=desc", "a c b")]
    [InlineData("?sort=time", "c a b")]
    [InlineData("?sort=time&order=desc", "b a c")]
    [InlineData("?sort=%3Cscript%3E&order=%22", "a b c")]
    public async Task Listing_Query_Sorts(string query, string order)
    {
        await using var site = new FileSite(files: Listing);
        foreach (var (name, size, hours) in new[] { ("a", 30, 2), ("b", 10, 3), ("c", 20, 1) })
            File.SetLastWriteTimeUtc(site.Write(name, new byte[size]), FileSite.Modified.UtcDateTime.AddHours(hours));
        var response = await site.GetAsync("/" + query);
        Assert.Equal(order.Split(' '), Links(response));
        Assert.DoesNotContain("script>", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listing_StrangeNames_AreEscapedAndLeadToTheirFiles()
    {
        await using var site = new FileSite(files: Listing);
        string[] names = ["<script>alert(1)<", "\"quoted\" & 'more'", "javascript:alert(1)", "a?b#c", "100%41", "ä€😀"];
        foreach (string name in names)
            site.Write("<dir>/" + name, name);
        var response = await site.GetAsync("/%3Cdir%3E/");
        Assert.DoesNotContain("<script", response.Body, StringComparison.Ordinal);
        Assert.Contains("<h1>/&lt;dir&gt;/</h1>", response.Body, StringComparison.Ordinal);
        string[] links = Links(response)[1..];
        Assert.All(links, static link => Assert.Matches("^[A-Za-z0-9%._~-]+$", link));
        foreach (string link in links)
            Assert.Equal(Uri.UnescapeDataString(link),
                System.Text.Encoding.UTF8.GetString(
                System.Text.Encoding.Latin1.GetBytes((await site.GetAsync("/%3Cdir%3E/" + link)).Body)));
    }

    private static string[] Links(WireResponse response) =>
        [.. Link().Matches(response.Body).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex("<td><a href=\"([^\"]*)\">")]
    private static partial Regex Link();
}
