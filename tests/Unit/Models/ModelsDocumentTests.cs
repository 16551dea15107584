using System.Text.RegularExpressions;
using AsyncServer.Http;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Models;

public sealed partial class ModelsDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, "docs/models.md"));

    [Fact]
    public void Code_StandsInTheSource()
    {
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(ServerProgram.RepositoryRoot, "src"), "*.cs",
            SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Select(static file => Flatten(File.ReadAllText(file)))];
        string[] blocks = [.. Block().Matches(Document).Select(static match => Flatten(match.Groups[1].Value))];
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(Array.Exists(sources, source => source.Contains(block, StringComparison.Ordinal)),
            $"in no file: {block}"));
    }

    [Fact]
    public void Models_EachHasItsSection() => Assert.All(
        Enum.GetNames<ServerModel>(), static model =>
            Assert.Contains($"\n## {model.ToLowerInvariant()}: ", Document, StringComparison.Ordinal));

    private static string Flatten(string code) => Space().Replace(code, " ").Trim();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
