using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class CacheTests
{
    [Fact]
    public async Task Cache_SmallFile_IsKeptAndLargeIsNot()
    {
        await using var site = new FileSite();
        site.Write("small", new string('s', FileCache.MaxContent));
        site.Write("large", new string('l', FileCache.MaxContent + 1));
        await site.GetAsync("/large");
        Assert.Equal((0, 0L), await CacheAsync(site));
        await site.GetAsync("/small");
        var (count, size) = await CacheAsync(site);
        Assert.Equal(1, count);
        Assert.True(size > FileCache.MaxContent);
        await site.GetAsync("/sm%61ll");
        Assert.Equal((count, size), await CacheAsync(site));
    }

    [Fact]
    public async Task Cache_ReplacedByRename_IsNoticedByTheNextRequest()
    {
        await using var site = new FileSite();
        for (int version = 0; version < 50; version++)
        {
            site.Replace("a.txt", $"version {version % 10}"); // same size, same modification time
            Assert.Equal($"version {version % 10}", (await site.GetAsync("/a.txt")).Body);
            Assert.Equal($"version {version % 10}", (await site.GetAsync("/a.txt")).Body);
        }
        Assert.Equal(1, (await CacheAsync(site)).Count);
    }

    [Fact]
    public async Task Cache_Replaced_HasAnotherTagThoughSizeAndTimeAreTheSame()
    {
        await using var site = new FileSite();
        site.Write("a.txt", "one");
        var first = await site.GetAsync("/a.txt");
        site.Replace("a.txt", "two");
        var second = await site.GetAsync("/a.txt");
        Assert.Equal(first["Last-Modified"], second["Last-Modified"]);
        Assert.NotEqual(first["ETag"], second["ETag"]);
    }

    [Fact]
    public async Task Cache_FileDeleted_Answers404AndForgets()
    {
        await using var site = new FileSite();
        string path = site.Write("a.txt", "a");
        await site.GetAsync("/a.txt");
        File.Delete(path);
        Assert.Equal(404, (await site.GetAsync("/a.txt")).Status);
        Assert.Equal((0, 0L), await CacheAsync(site));
    }

    [Fact]
    public async Task Cache_FileBecomesDirectory_IsNoticed()
    {
        await using var site = new FileSite();
        string path = site.Write("a", "a");
        await site.GetAsync("/a");
        File.Delete(path);
        site.Write("a/index.html", "index");
        Assert.Equal(301, (await site.GetAsync("/a")).Status);
        Assert.Equal("index", (await site.GetAsync("/a/")).Body);
    }

    [Fact]
    public async Task Cache_BecomesLinkOutOfTheRoot_IsNotFollowed()
    {
        await using var site = new FileSite();
        string path = site.Write("a.txt", "inside");
        site.Write("../secret.txt", "outside");
        await site.GetAsync("/a.txt");
        File.Delete(path);
        site.Link("a.txt", "../secret.txt");
        Assert.Equal(404, (await site.GetAsync("/a.txt")).Status);
    }

    [Fact]
    public async Task Cache_Full_DropsTheLeastRecentlyChecked()
    {
        await using var site = new FileSite();
        const int Files = 1100; // 64 KB each: more than the whole cache
        foreach (int i in Enumerable.Range(0, Files))
            site.Write($"{i}", new byte[FileCache.MaxContent]);
        foreach (int i in Enumerable.Range(0, Files))
            Assert.Equal(200, (await site.SendAsync("HEAD", $"/{i}")).Status);
        var (count, size) = await CacheAsync(site);
        Assert.InRange(count, 50, 1023);
        Assert.InRange(size, 0, 64 * 1024 * 1024);
    }

    private static async Task<(int Count, long Size)> CacheAsync(FileSite site)
    {
        (int, long) result = default;
        await site.Server.Hub.InvokeAsync(() =>
        {
            var cache = site.Server.Server.Parts.Files!.CacheOf(site.Server.Hub);
            result = (cache.Count, cache.Size);
            return Task.CompletedTask;
        });
        return result;
    }
}
