using System.Text.RegularExpressions;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Faults;

/// <summary>The evidence that docs/reliability.md names is there.</summary>
public sealed partial class ReliabilityDocumentTests
{
    [Fact]
    public void Rows_NameTestsThatExist()
    {
        string[] lines = File.ReadAllLines(Path.Combine(ServerProgram.RepositoryRoot, "docs", "reliability.md"));
        var types = typeof(ReliabilityDocumentTests).Assembly.GetTypes();
        foreach (string line in lines.Where(static line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            string? type = null;
            bool isOfFaults = false;
            foreach (Match match in Evidence().Matches(line.Split('|')[^2]))
            {
                type = match.Groups["type"] is { Success: true, Value: var named } ? named : type;
                string method = match.Groups["method"].Value.TrimEnd('*');
                isOfFaults = match.Groups["type"].Success ? match.Groups["faults"].Success : isOfFaults;
                if (isOfFaults)
                {
                    string source = File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, "tests", "Faults", type + ".cs"));
                    Assert.True(source.Contains($" Task {method}", StringComparison.Ordinal), $"{type}.{method} of: {line}");
                    continue;
                }
                var candidates = types.Where(candidate => candidate.Name == type).ToArray();
                Assert.True(candidates.Length > 0, $"{type} of: {line}");
                Assert.True(method.Length == 0
                    || candidates.Any(candidate => candidate.GetMethods()
                        .Any(found => found.Name.StartsWith(method, StringComparison.Ordinal))), $"{type}.{method} of: {line}");
            }
        }
        Assert.Equal(Enumerable.Range(1, 51), lines.Where(static line => line.Count(static c => c == '|') == 5)
            .Select(static line => Number().Match(line)).Where(static match => match.Success)
            .Select(static match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Order());
    }

    // `SomeTests`, `SomeTests.Method_*`, or `Method_*` of the type before it; `Faults/SomeTests` is one of tests/Faults.
    [GeneratedRegex(@"`(?:(?<faults>Faults/)?(?:(?<type>[A-Z]\w*Tests)(?:\.(?<method>\w+\*?))?|(?<method>[A-Z]\w*_\*)))`")]
    private static partial Regex Evidence();

    [GeneratedRegex(@"^\| (\d+) \|")]
    private static partial Regex Number();
}
