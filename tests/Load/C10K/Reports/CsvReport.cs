using System.Globalization;
using System.Text;

namespace AsyncServer.Load;

/// <summary>A line for each level (RFC 4180); a number that there is not is left out.</summary>
internal static class CsvReport
{
    public static string Of(ExperimentReport report)
    {
        var text = new StringBuilder();
        AppendLine(text, ["model", "connections", "result", .. LevelColumn.All.Select(column => column.Key), "remarks"]);
        foreach (var level in report.Levels)
            AppendLine(text,
            [
                level.Model.Name, level.Connections.ToString(CultureInfo.InvariantCulture), LevelText.Verdict(level),
                .. LevelColumn.All.Select(column => column.Csv(level)), LevelText.Remarks(level),
            ]);
        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells.Select(Quote)).Append("\r\n");

    private static string Quote(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
