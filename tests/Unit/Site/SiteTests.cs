using System.Text.RegularExpressions;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Site;

/// <summary>The sample site leads nowhere that does not exist, and says the same in both languages.</summary>
public sealed partial class SiteTests
{
    private const int RungCount = 18;
    private const int MaxPageWeight = 100_000;

    private static readonly string Html = Path.Combine(ServerProgram.RepositoryRoot, "html");

    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Html, "*.html", SearchOption.AllDirectories).Select(static path => Path.GetRelativePath(Html, path))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_Head_HasTitleLanguageAndViewport(string name)
    {
        string source = Read(name).Source;
        Assert.StartsWith("<!doctype html>", source, StringComparison.Ordinal);
        Assert.Matches("<html lang=\"(en|zh-Hans)\">", source);
        Assert.Matches("<title>[^<]+</title>", source);
        Assert.Contains("<meta charset=\"utf-8\">", source, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", source, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\son\w+=", source);
        Assert.All(ImageTag().Matches(source), static image => Assert.Contains("alt=", image.Value, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_Links_LeadSomewhere(string name)
    {
        var page = Read(name);
        var modules = ModulePaths();
        Assert.Contains("/say_hello.py", modules);
        Assert.NotEmpty(page.Links);
        foreach (string link in page.Links.Where(static link => !link.StartsWith("https://", StringComparison.Ordinal)))
        {
            if (link.EndsWith(".py", StringComparison.Ordinal))
                Assert.Contains(link, modules);
            else
                AssertLeadsToFile(page, link);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_Resources_AreOfThisSiteAndLight(string name)
    {
        var page = Read(name);
        var resources = ResourceLink().Matches(page.Source).Select(static match => match.Groups[1].Value).Distinct().ToList();
        Assert.All(resources, static link => Assert.DoesNotContain("//", link, StringComparison.Ordinal));
        long weight = new FileInfo(page.Path).Length + resources.Sum(link => new FileInfo(FileOf(page, link)).Length);
        Assert.InRange(weight, 1, MaxPageWeight);
    }

    [Fact]
    public void Ladder_InBothLanguages_HasTheSameRungsAndStates()
    {
        var english = Read("index.html");
        var chinese = Read("zh/index.html");
        Assert.Equal(english.Ids, chinese.Ids);
        Assert.Equal(english.Ids.Count, english.Ids.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, RungCount).Select(static number => $"s{number}"), english.Rungs.Select(static rung => rung.Id));
        Assert.Equal(english.Rungs.Select(static rung => (rung.Id, rung.Kind)), chinese.Rungs.Select(static rung => (rung.Id, rung.Kind)));
        Assert.All(english.Rungs, static rung => Assert.Equal(rung.Kind, rung.Word));
        Assert.All(chinese.Rungs, static rung =>
            Assert.Equal(rung.Kind switch { "works" => "可用", "planned" => "计划中", _ => null }, rung.Word));
    }

    private static void AssertLeadsToFile(SitePage page, string link)
    {
        string file = FileOf(page, link);
        Assert.True(file.StartsWith(Html + Path.DirectorySeparatorChar, StringComparison.Ordinal), $"{page.Path}: {link} leaves the site");
        Assert.True(File.Exists(file), $"{page.Path}: {link} leads to {file}, which does not exist");
        if (link.Split('#') is [_, var anchor])
            Assert.Contains(anchor, new SitePage(file).Ids);
    }

    private static string FileOf(SitePage page, string link)
    {
        string path = link.Split('#')[0];
        if (path.Length == 0)
            return page.Path;
        string folder = path[0] == '/' ? Html : Path.GetDirectoryName(page.Path)!;
        string file = Path.GetFullPath(Path.Combine(folder, path.TrimStart('/')));
        return path[^1] == '/' ? Path.Combine(file, "index.html") : file;
    }

    private static SitePage Read(string name) => new(Path.Combine(Html, name));

    private static HashSet<string> ModulePaths() =>
        [.. Directory.EnumerateFiles(Path.Combine(ServerProgram.RepositoryRoot, "web"), "*.csx")
            .Select(static path => $"/{Path.GetFileNameWithoutExtension(path)}.py")];

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex ImageTag();

    // What a browser fetches by itself: not the pages that a link names.
    [GeneratedRegex("""<(?:(?:img|script) [^>]*?src|link rel="(?:icon|stylesheet)" [^>]*?href)="([^"]+)""")]
    private static partial Regex ResourceLink();
}
