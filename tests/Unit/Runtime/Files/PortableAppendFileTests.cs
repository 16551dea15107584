using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Files;

public sealed class PortableAppendFileTests
{
    [Fact]
    public void Append_FileChangedByOthers_WritesAtTheEndThatItHasThen()
    {
        string path = Path.Combine(Path.GetTempPath(), $"append-{Guid.NewGuid():N}.log");
        using (var file = AppendFile.OpenPortable(path))
        {
            Assert.Equal(6, file.Append("first\n"u8, out string? error));
            Assert.Null(error);
            File.AppendAllText(path, "other\n");
            file.Append("second\n"u8, out _);
            Assert.Equal("first\nother\nsecond\n", File.ReadAllText(path));
            File.WriteAllText(path, ""); // a rotation that copies and truncates
            file.Append("third\n"u8, out _);
            Assert.Equal("third\n", File.ReadAllText(path));
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
        }
        File.Delete(path);
    }

    [Fact]
    public void Open_FolderIsNotThere_SaysWhich()
    {
        string path = Path.Combine(Path.GetTempPath(), $"nobody-{Guid.NewGuid():N}", "a.log");
        Assert.Contains(path, Assert.Throws<IOException>(() => AppendFile.OpenPortable(path)).Message, StringComparison.Ordinal);
    }
}
