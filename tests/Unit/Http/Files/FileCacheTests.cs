using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Http.Files;

public sealed class FileCacheTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-cache-");
    private readonly RootDirectory _root;

    public FileCacheTests() => _root = new RootDirectory(_folder.FullName);

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Find_SameTurn_GivesWhatTheTurnFound()
    {
        var cache = new FileCache(_root, 1 << 20);
        var one = Add(cache, "a", turn: 1);
        File.Delete(Path.Combine(_folder.FullName, "a"));
        Assert.Same(one, cache.Find("/a"u8, 1, default));
        Assert.Null(cache.Find("/a"u8, 2, default));
    }

    [Fact]
    public void Find_LaterTurnUnchanged_GivesTheSame()
    {
        var cache = new FileCache(_root, 1 << 20);
        var one = Add(cache, "a", turn: 1);
        Assert.Same(one, cache.Find("/a"u8, 2, default));
        Assert.Same(one, cache.Find("/a"u8, 3, default));
    }

    [Fact]
    public void Find_ChangedInPlace_IsNull()
    {
        var cache = new FileCache(_root, 1 << 20);
        Add(cache, "a", turn: 1);
        File.AppendAllText(Path.Combine(_folder.FullName, "a"), "more");
        Assert.Null(cache.Find("/a"u8, 2, default));
    }

    [Fact]
    public void Find_ChangedALittleBeforeItWasRead_IsGoodForTheTurnAlone()
    {
        var cache = new FileCache(_root, 1 << 20);
        var one = Add(cache, "a", turn: 1, age: TimeSpan.FromMilliseconds(1));
        Assert.Same(one, cache.Find("/a"u8, 1, default));
        Assert.Null(cache.Find("/a"u8, 2, default)); // a second change may have got the same time stamp
    }

    [Fact]
    public void Add_BeyondTheCapacity_DropsTheLeastRecentlyChecked()
    {
        var scale = new FileCache(_root, 1 << 20);
        Add(scale, "a", turn: 1);
        var cache = new FileCache(_root, (2 * scale.Size) + 1);
        Add(cache, "a", turn: 1);
        Add(cache, "b", turn: 1);
        Assert.NotNull(cache.Find("/a"u8, 2, default));
        Add(cache, "c", turn: 2);
        Assert.Null(cache.Find("/b"u8, 2, default));
        Assert.NotNull(cache.Find("/a"u8, 2, default));
        Assert.NotNull(cache.Find("/c"u8, 2, default));
        Assert.Equal((2, 2 * scale.Size), (cache.Count, cache.Size));
    }

    [Fact]
    public void Add_LargerThanTheCapacity_KeepsNothing()
    {
        var cache = new FileCache(_root, 10);
        Add(cache, "a", turn: 1);
        Assert.Null(cache.Find("/a"u8, 1, default));
        Assert.Equal((0, 0L), (cache.Count, cache.Size));
    }

    private ServedFile Add(FileCache cache, string name, long turn, TimeSpan? age = null)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, "content");
        byte[] filePath = System.Text.Encoding.UTF8.GetBytes(name + "\0");
        Assert.Equal(FileStatus.Found, _root.Open(filePath, out var file));
        file!.Dispose();
        var now = file.Facts.Changed + (age ?? TimeSpan.FromMinutes(1));
        var version = new FileVersion(filePath, file.Facts, "content"u8.ToArray());
        var served = new ServedFile(new Representation(version, new FileHeaders("text/plain"), now), []);
        cache.Add(System.Text.Encoding.UTF8.GetBytes("/" + name), served, turn, default, now);
        return served;
    }
}
