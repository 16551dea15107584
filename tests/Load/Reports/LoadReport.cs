using System.Globalization;
using System.Text;

namespace AsyncServer.Load;

/// <summary>What scenarios have found, as a page, as a table for programs and as text for a repository.</summary>
/// <param name="command">What was run.</param>
/// <param name="setting">Where.</param>
/// <param name="outcomes">What came of it.</param>
internal sealed class LoadReport(string command, IReadOnlyList<(string Name, string Value)> setting,
    IReadOnlyList<ScenarioOutcome> outcomes)
{
    private static readonly string[] Header = ["load", "shape", "right answers", "errors", "answers/s", "mean ms", "p50 ms", "p95 ms",
        "p99 ms", "max ms"];

    /// <summary>Writes report.html, report.csv and report.md into a folder, which it makes when it is missing.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task WriteAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "report.html"), new LoadPage(command, setting, outcomes).ToHtml());
        await File.WriteAllTextAsync(Path.Combine(folder, "report.csv"), ToCsv());
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), ToMarkdown());
    }

    /// <summary>A line for each load (RFC 4180), with the columns' names in the first.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder("scenario,status,load,shape,seconds,answers,errors,bytes,mean_ms,p50_ms,p95_ms,p99_ms,max_ms\r\n");
        foreach (var outcome in outcomes)
            foreach (var result in outcome.Results)
                csv.Append(CultureInfo.InvariantCulture,
                    $"{outcome.Scenario.Name},{outcome.Status},{Quoted(result.Name)},{Quoted(result.Shape)},")
                    .Append(CultureInfo.InvariantCulture,
                        $"{result.Duration.TotalSeconds:0.###},{result.Tally.Answers},{result.Tally.Errors},{result.Bytes},")
                    .Append(string.Join(',', Latencies(result.Latency)
                        .Select(latency => latency.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture))))
                    .Append("\r\n");
        return csv.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder("# Load\n\n");
        text.Append(CultureInfo.InvariantCulture, $"- command: `{command}`\n");
        foreach (var (name, value) in setting)
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        foreach (var outcome in outcomes)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n## {outcome.Scenario.Name}: {ScenarioRunner.Text(outcome.Status)}\n\n{Sentence(outcome.Scenario.What)}\nPasses "
                + $"when {outcome.Scenario.Threshold}.\n");
            if (outcome.Reason is not null)
                text.Append(CultureInfo.InvariantCulture, $"\n{Sentence(outcome.Reason)}\n");
            if (outcome.Results.Count > 0)
                text.Append(CultureInfo.InvariantCulture,
                    $"\n| {string.Join(" | ", Header)} |\n|---|---|{string.Concat(Header.Skip(2).Select(_ => "---:|"))}\n");
            foreach (var result in outcome.Results)
                text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(result))} |\n");
            if (outcome.Checks.Count > 0)
                text.Append('\n');
            foreach (var check in outcome.Checks)
                text.Append(CultureInfo.InvariantCulture, $"- {(check.Holds ? "holds" : "**fails**")}: {check.What}\n");
        }
        return text.ToString();
    }

    /// <summary>The columns of a table of loads.</summary>
    internal static IReadOnlyList<string> Columns => Header;

    /// <summary>A load's cells, in the order of the columns.</summary>
    internal static IReadOnlyList<string> Cells(LoadResult result) =>
    [
        result.Name,
        result.Shape,
        result.Tally.Answers.ToString("#,0", CultureInfo.InvariantCulture),
        result.Tally.Errors.ToString("#,0", CultureInfo.InvariantCulture),
        (result.Tally.Answers / Math.Max(result.Duration.TotalSeconds, 1e-3)).ToString("#,0.#", CultureInfo.InvariantCulture),
        .. Latencies(result.Latency).Select(latency => latency.TotalMilliseconds.ToString("#,0.00", CultureInfo.InvariantCulture)),
    ];

    private static TimeSpan[] Latencies(LatencySummary latency) => [latency.Mean, latency.P50, latency.P95, latency.P99, latency.Max];

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
