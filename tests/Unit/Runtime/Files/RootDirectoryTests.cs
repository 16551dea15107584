using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Files;

/// <summary>Both ways to stay below the root: the system's, and the one for systems that do not have it.</summary>
public sealed class RootDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-root-");
    private readonly string _root;

    public RootDirectoryTests()
    {
        _root = Path.Combine(_folder.FullName, "root");
        Directory.CreateDirectory(Path.Combine(_root, "dir"));
        File.WriteAllText(Path.Combine(_root, "dir/a.txt"), "inside");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "root-not"));
        File.WriteAllText(Path.Combine(_folder.FullName, "root-not/a.txt"), "outside");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("dir/a.txt", FileStatus.Found)]
    [InlineData("dir/../dir/a.txt", FileStatus.Found)]
    [InlineData("dir", FileStatus.Found)]
    [InlineData("missing", FileStatus.NotFound)]
    [InlineData("dir/a.txt/b", FileStatus.NotFound)]
    [InlineData("../root-not/a.txt", FileStatus.NotFound)]
    [InlineData("..", FileStatus.NotFound)]
    [InlineData("/etc/passwd", FileStatus.NotFound)]
    public void Open_Path_StaysBelow(string path, FileStatus expected)
    {
        Assert.Equal(expected, OpenAndClose(path, mayOpenBeneath: true));
        Assert.Equal(expected, OpenAndClose(path, mayOpenBeneath: false));
    }

    [Theory]
    [InlineData("dir/a.txt", FileStatus.Found)]
    [InlineData("dir/../dir", FileStatus.Found)]
    [InlineData("../root-not/a.txt", FileStatus.NotFound)]
    [InlineData("../root-not", FileStatus.NotFound)]
    [InlineData("/etc/passwd", FileStatus.NotFound)]
    [InlineData("/", FileStatus.NotFound)]
    [InlineData("link", FileStatus.NotFound)]
    public void Open_Link_IsFollowedOnlyBelow(string target, FileStatus expected)
    {
        File.CreateSymbolicLink(Path.Combine(_root, "link"), target);
        Assert.Equal(expected, OpenAndClose("link", mayOpenBeneath: true));
        Assert.Equal(expected, OpenAndClose("link", mayOpenBeneath: false));
    }

    [Fact]
    public void Open_RootIsRenamed_StaysTheSame()
    {
        using var root = new RootDirectory(_root);
        Directory.Move(_root, _root + "-moved");
        Assert.Equal(FileStatus.Found, root.Open("dir/a.txt\0"u8, out var file));
        file!.Dispose();
    }

    [Fact]
    public void Facts_OfAFile_AreWhatTheFrameworkSays()
    {
        using var root = new RootDirectory(_root);
        var time = new DateTimeOffset(2001, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);
        File.SetLastWriteTimeUtc(Path.Combine(_root, "dir/a.txt"), time.UtcDateTime);
        Assert.Equal(FileStatus.Found, root.Open("dir/a.txt\0"u8, out var file));
        using (file)
        {
            Assert.Equal(FileKind.Regular, file!.Facts.Kind);
            Assert.Equal(6, file.Facts.Size);
            Assert.Equal(time, file.Facts.Modified);
            Assert.Equal(file.Facts, file.ReadFacts());
            Assert.Equal(FileStatus.Found, root.Stat("dir/a.txt\0"u8, out var facts));
            Assert.Equal(file.Facts, facts);
            File.AppendAllText(Path.Combine(_root, "dir/a.txt"), "!");
            Assert.NotEqual(file.Facts, file.ReadFacts());
        }
    }

    [Fact]
    public void Open_PathWithoutNul_Throws()
    {
        using var root = new RootDirectory(_root);
        Assert.Throws<ArgumentException>(() => root.Open("dir/a.txt"u8, out _));
        Assert.Throws<ArgumentException>(() => root.Open([], out _));
    }

    [Fact]
    public void Create_NotADirectory_Throws()
    {
        Assert.Throws<DirectoryNotFoundException>(() => new RootDirectory(Path.Combine(_root, "missing")));
        Assert.Throws<DirectoryNotFoundException>(() => new RootDirectory(Path.Combine(_root, "dir/a.txt")));
    }

    private FileStatus OpenAndClose(string path, bool mayOpenBeneath)
    {
        using var root = new RootDirectory(_root, mayOpenBeneath);
        var status = root.Open(Encoding.UTF8.GetBytes(path + "\0"), out var file);
        file?.Dispose();
        return status;
    }
}
