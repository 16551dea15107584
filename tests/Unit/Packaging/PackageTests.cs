using System.IO.Compression;
using System.Net;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace AsyncServer.Unit.Packaging;

public sealed class PackageTests(BuiltPackages packages) : IClassFixture<BuiltPackages>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Pack_MakesTwoLibrariesAndTheToolWithSymbols()
    {
        string[] expected = ["AsyncServer.Http", "AsyncServer.Runtime", "asyncserver"];
        Assert.Equal(expected.SelectMany(package =>
            new[] { $"{package}.{packages.Version}.nupkg", $"{package}.{packages.Version}.snupkg" }), packages.Names);
    }

    [Theory]
    [InlineData("AsyncServer.Runtime")]
    [InlineData("AsyncServer.Http")]
    public void Library_Packed_HoldsAssemblyDocumentationAndSymbols(string package)
    {
        Assert.Equal([$"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml"], Files(package, "nupkg", "lib/"));
        Assert.Equal([$"lib/net10.0/{package}.pdb"], Files(package, "snupkg", "lib/"));
    }

    [Fact]
    public void Tool_Packed_HoldsAllThatItNeedsAndSymbols()
    {
        var files = Files("asyncserver", "nupkg", "tools/").Select(static path => path["tools/net10.0/any/".Length..]).ToList();
        Assert.Superset(new HashSet<string> { "asyncserver.dll", "AsyncServer.Http.dll", "AsyncServer.Runtime.dll",
            "System.CommandLine.dll", "DotnetToolSettings.xml" }, files.ToHashSet());
        Assert.Contains("tools/net10.0/any/asyncserver.pdb", Files("asyncserver", "snupkg", "tools/"));
    }

    [Theory]
    [InlineData("AsyncServer.Runtime")]
    [InlineData("AsyncServer.Http")]
    [InlineData("asyncserver")]
    public void Package_SaysWhatItIsAndUnderWhichLicense(string package)
    {
        var about = About(package);
        Assert.Equal(package, Value(about, "id"));
        Assert.Equal("MIT", Value(about, "license"));
        Assert.NotEmpty(Value(about, "description"));
        Assert.NotEmpty(Value(about, "tags"));
        Assert.Equal("README.md", Value(about, "readme"));
        Assert.StartsWith($"# {package}\n", Text(package, "README.md"), StringComparison.Ordinal);
        // An address only if the repository has one that others can reach.
        string address = about.Descendants()
            .FirstOrDefault(static element => element.Name.LocalName == "repository")?.Attribute("url")?.Value ?? "https://";
        Assert.StartsWith("https://", address, StringComparison.Ordinal);
    }

    [Fact]
    public void Http_Packed_NeedsRuntimeAndTheSharedFrameworkAlone()
    {
        var about = About("AsyncServer.Http");
        var dependency = Assert.Single(about.Descendants(), static element => element.Name.LocalName == "dependency");
        Assert.Equal(("AsyncServer.Runtime", packages.Version),
            (dependency.Attribute("id")?.Value, dependency.Attribute("version")?.Value));
        var framework = Assert.Single(about.Descendants(), static element => element.Name.LocalName == "frameworkReference");
        Assert.Equal("Microsoft.AspNetCore.App", framework.Attribute("name")?.Value);
        Assert.DoesNotContain(About("AsyncServer.Runtime").Descendants(),
            static element => element.Name.LocalName is "dependency" or "frameworkReference");
    }

    [Fact]
    public async Task InstalledTool_AskedForItsVersion_SaysThePackages()
    {
        await using var program = packages.Start(["--version"]);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches($@"^{packages.Version.Replace(".", @"\.", StringComparison.Ordinal)}(\+[0-9a-f]+)?\n$", program.Output);
    }

    [Fact]
    public async Task InstalledTool_InAFolderWithHtml_ServesAndStops()
    {
        await using var program = packages.Start(["--bind", "127.0.0.1:0"], ("html/index.html", "<!DOCTYPE html><title>installed</title>"));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        using var answer = await client.GetAsync("/no/such/page", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("AsyncServer", answer.Headers.Server.ToString());
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact]
    public async Task InstalledTool_InAnEmptyFolder_SaysWhatIsMissingAndHowToGiveIt()
    {
        await using var program = packages.Start(["0"]);
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Equal(
            "asyncserver: The document root 'html' does not exist or is not a directory. Make it, or name another with --root DIR.\n",
            program.Errors);
    }

    private static string Value(XDocument about, string name) =>
        Assert.Single(about.Descendants(), element => element.Name.LocalName == name).Value;

    private XDocument About(string package) => XDocument.Parse(Text(package, package + ".nuspec"));

    private string Text(string package, string file)
    {
        using var archive = ZipFile.OpenRead(packages.PathOf(package, "nupkg"));
        using var reader = new StreamReader(archive.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    private List<string> Files(string package, string extension, string folder)
    {
        using var archive = ZipFile.OpenRead(packages.PathOf(package, extension));
        return archive.Entries.Select(static entry => entry.FullName).Where(path => path.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();
    }
}
