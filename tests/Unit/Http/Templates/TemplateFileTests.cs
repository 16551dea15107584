using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Templates;

public sealed class TemplateFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-templates-");

    private string FilePath => Path.Combine(_folder.FullName, "index.html");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void FromFile_RendersIt_AndSeesEveryChange()
    {
        File.WriteAllText(FilePath, "\uFEFF<p>{%content%}");
        var template = Template.FromFile(FilePath);
        Assert.Equal("<p>\u4f60", template.Render(new { content = "\u4f60" }));
        Assert.Same(template, Template.FromFile(Path.Combine(_folder.FullName, ".", "index.html")));
        for (int i = 0; i < 20; i++)
        {
            File.WriteAllText(FilePath, $"{i % 10}{{%content%}}"); // the same length, perhaps in the same tick of the file system's clock
            Assert.Equal($"{i % 10}!", template.Render(new { content = "!" }));
        }
    }

    [Fact]
    public void FromFile_OfAnOldFile_IsParsedOnceAndReplacedByAMove()
    {
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.WriteAllText(FilePath, "old {%content%}");
        File.SetLastWriteTimeUtc(FilePath, old);
        var file = new TemplateFile(FilePath, "index.html", TimeProvider.System);
        var first = file.Read();
        Assert.Same(first, file.Read());
        File.WriteAllText(FilePath + ".new", "new {%content%}");
        File.SetLastWriteTimeUtc(FilePath + ".new", old.AddSeconds(1));
        File.Move(FilePath + ".new", FilePath, overwrite: true);
        Assert.NotSame(first, file.Read());
    }

    [Fact]
    public void FromFile_OfAYoungFile_IsParsedAnewUntilItsTimeCanBeTrusted()
    {
        var clock = new FakeClock();
        File.WriteAllText(FilePath, "x");
        File.SetLastWriteTimeUtc(FilePath, clock.GetUtcNow().UtcDateTime);
        var file = new TemplateFile(FilePath, "index.html", clock);
        Assert.NotSame(file.Read(), file.Read());
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Same(file.Read(), file.Read());
    }

    [Fact]
    public void FromFile_ThatIsMalformedOrGone_SaysSo()
    {
        File.WriteAllText(FilePath, "\n{%open");
        var failure = Assert.Throws<TemplateException>(() => Template.FromFile(FilePath));
        Assert.Equal((FilePath, 2), (failure.File, failure.Line));
        File.WriteAllText(FilePath, "fine");
        var template = Template.FromFile(FilePath);
        Assert.Equal("fine", template.Render());
        File.WriteAllText(FilePath, "\n\n{%!%}");
        Assert.Equal(3, Assert.Throws<TemplateException>(() => template.Render()).Line);
        File.WriteAllBytes(FilePath, [(byte)'\n', 0xFF, (byte)'\n']);
        Assert.Equal(2, Assert.Throws<TemplateException>(() => template.Render()).Line);
        File.Delete(FilePath);
        Assert.Throws<FileNotFoundException>(() => template.Render());
        Assert.Throws<FileNotFoundException>(() => Template.FromFile(Path.Combine(_folder.FullName, "other.html")));
    }
}
