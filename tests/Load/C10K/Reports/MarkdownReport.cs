using System.Text;

namespace AsyncServer.Load;

/// <summary>The tables, for pages and for a terminal.</summary>
internal static class MarkdownReport
{
    public static string Of(ExperimentReport report)
    {
        var text = new StringBuilder($"# {report.Title}\n\n{report.Lead}\n\n");
        foreach (string remark in report.Remarks)
            text.Append($"- **{remark}**\n");
        foreach (var (name, value) in report.Facts)
            text.Append($"- {name}: {value}\n");

        text.Append("\n## Held, memory, 99th percentile\n\nConnections that were answered when they were opened and again when all "
            + "were open · memory of the server · p99 of the second round.\n\n");
        Row(text, ["model", .. report.Sizes.Select(size => LevelText.Count(size))]);
        Row(text, ["---", .. report.Sizes.Select(_ => "---:")]);
        foreach (var model in report.Models)
            Row(text, [model.Name, .. report.Sizes.Select(size => Summary(report.Find(model, size)))]);

        text.Append("\n## Everything\n\n");
        Row(text, ["model", "connections", .. LevelColumn.All.Select(column => column.Header), "remarks"]);
        Row(text, ["---", "---:", .. LevelColumn.All.Select(_ => "---:"), "---"]);
        foreach (var level in report.Levels)
            Row(text, [level.Model.Name, LevelText.Count(level.Connections), .. LevelColumn.All.Select(column => column.Text(level)),
                LevelText.Remarks(level)]);

        text.Append("\n## How it was measured\n\n");
        foreach (var (name, what) in ExperimentReport.Phases)
            text.Append($"- **{name}.** {what}\n");
        return text.ToString();
    }

    private static string Summary(LevelResult? level) => level switch
    {
        null => "",
        { CouldNotRun: { } reason } => reason,
        { Held: 0 } => "none",
        _ => $"{(level.HeldAll ? "all" : LevelText.Count(level.Held))} · {LevelText.Megabytes(level.Full.ResidentBytes)} MB · "
            + $"{LevelText.Milliseconds(level.Again.Latency.P99)} ms",
    };

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
