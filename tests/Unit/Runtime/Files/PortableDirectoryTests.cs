using System.Diagnostics;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Files;

/// <summary>What <see cref="RootDirectory"/> promises, without system calls of the runtime's own.</summary>
public sealed class PortableDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-test");
    private readonly string _root;

    public PortableDirectoryTests()
    {
        _root = Path.Combine(_folder.FullName, "root");
        Directory.CreateDirectory(Path.Combine(_root, "sub", "deep"));
        Write("secret.txt", "secret");
        Write("root-beside/secret.txt", "secret");
        Write("root/file.txt", "content");
        Write("root/sub/inner.txt", "inner");
        Write("root/empty", "");
    }

    [Theory]
    [InlineData("file.txt")]
    [InlineData("sub/inner.txt")]
    [InlineData("sub/../file.txt")]
    [InlineData("./file.txt")]
    public void Open_FileInside_IsRead(string path)
    {
        Assert.Equal(FileStatus.Found, Open(path, out var file));
        using (file)
        {
            Assert.Equal(FileKind.Regular, file!.Facts.Kind);
            Assert.Equal(file.Facts, file.ReadFacts());
            byte[] content = new byte[file.Facts.Size];
            Assert.Equal(content.Length, RandomAccess.Read(file.Handle, content, 0));
            Assert.Equal(path.Contains("inner", StringComparison.Ordinal) ? "inner" : "content", Encoding.ASCII.GetString(content));
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("sub/missing")]
    [InlineData("missing/file.txt")]
    [InlineData("file.txt/")]
    [InlineData("file.txt/more")]
    [InlineData("../secret.txt")]
    [InlineData("..")]
    [InlineData("sub/../../secret.txt")]
    [InlineData("../root-beside/secret.txt")]
    [InlineData("FILE.txt")]
    public void Open_NothingOrOutside_IsNotFound(string path)
    {
        Assert.Equal(FileStatus.NotFound, Open(path, out var file));
        Assert.Null(file);
        Assert.Equal(FileStatus.NotFound, Root().Stat(Terminated(path), out _));
    }

    [Theory]
    [InlineData("file.txt", FileStatus.Found)]
    [InlineData("sub/../file.txt", FileStatus.Found)]
    [InlineData("sub/../../root/file.txt", FileStatus.NotFound)]
    [InlineData("../secret.txt", FileStatus.NotFound)]
    [InlineData("link", FileStatus.NotFound)]
    [InlineData("nowhere", FileStatus.NotFound)]
    [InlineData("/etc/passwd", FileStatus.NotFound)]
    public void Open_Link_OnlyRelativeOnesThatStayInsideAreFollowed(string target, FileStatus expected)
    {
        File.CreateSymbolicLink(Path.Combine(_root, "link"), target);
        Assert.Equal(expected, Open("link", out var file));
        file?.Dispose();
    }

    [Theory]
    [InlineData("sub/deep", "dir/../inner.txt", FileStatus.Found)] // as the system: the parent of where the link leads
    [InlineData("../root-beside", "dir/secret.txt", FileStatus.NotFound)]
    [InlineData("..", "dir/root/file.txt", FileStatus.NotFound)]
    [InlineData(".", "dir/dir/file.txt", FileStatus.Found)]
    public void Open_LinkToAFolder_IsHeldToTheSameRule(string target, string path, FileStatus expected)
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "dir"), target);
        Assert.Equal(expected, Open(path, out var file));
        file?.Dispose();
    }

    [Fact]
    public void Open_AbsoluteLinkInside_IsRefused()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "absolute"), Path.Combine(_root, "file.txt"));
        Assert.Equal(FileStatus.NotFound, Open("absolute", out _));
    }

    [Fact]
    public void Open_Folder_TellsItsNames()
    {
        Assert.Equal(FileStatus.Found, Open(".", out var root));
        using (root)
        {
            Assert.Equal(FileKind.Directory, root!.Facts.Kind);
            Assert.Equal(["empty", "file.txt", "sub"], root.ReadNames().Order());
        }
        Assert.Equal(FileStatus.Found, Open("sub/", out var sub));
        using (sub)
            Assert.Equal(["deep", "inner.txt"], sub!.ReadNames().Order());
    }

    // Opening a FIFO waits for who writes to it, which nobody does.
    [Fact]
    public async Task Open_Fifo_DoesNotWait()
    {
        using (var make = Process.Start("mkfifo", [Path.Combine(_root, "fifo")]))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.Run(() =>
        {
            if (Open("fifo", out var file) != FileStatus.Found)
                return;
            using (file)
                Assert.Equal(0, RandomAccess.Read(file!.Handle, new byte[1], 0));
        }, TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public void Open_EmptyFile_HasNoBytesAndItsOwnFacts()
    {
        Assert.Equal(FileStatus.Found, Open("empty", out var file));
        using (file)
        {
            Assert.Equal(0, file!.Facts.Size);
            Assert.Equal(file.Facts, file.ReadFacts());
        }
    }

    [Theory]
    [InlineData("file.txt", FileStatus.Found)]
    [InlineData("FILE.TXT", FileStatus.NotFound)]
    [InlineData("sub/inner.txt", FileStatus.Found)]
    public void Open_FileSystemHasOtherNamesForAFile_OnlyItsOwnCounts(string path, FileStatus expected)
    {
        var root = new PortableDirectory(_root, hasExactNames: false);
        Assert.Equal(expected, root.Open(Terminated(path), out var file));
        file?.Dispose();
    }

    [Fact]
    public void Open_NotUtf8_IsNotFound() => Assert.Equal(FileStatus.NotFound, Root().Open([0xFF, 0], out _));

    [Fact]
    public void Stat_FileReplaced_HasOtherFacts()
    {
        Assert.Equal(FileStatus.Found, Root().Stat("file.txt\0"u8, out var before));
        Assert.Equal(FileStatus.Found, Root().Stat("file.txt\0"u8, out var same));
        Assert.Equal(before, same);
        Write("root/file.txt", "changed content");
        Assert.Equal(FileStatus.Found, Root().Stat("file.txt\0"u8, out var after));
        Assert.NotEqual(before, after);
        Assert.Equal(15, after.Size);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private PortableDirectory Root() => new(_root, hasExactNames: true);

    private FileStatus Open(string path, out OpenFile? file) => Root().Open(Terminated(path), out file);

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + "\0");

    private void Write(string path, string content)
    {
        string full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }
}
