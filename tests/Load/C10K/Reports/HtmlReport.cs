using System.Globalization;
using System.Net;
using System.Text;

namespace AsyncServer.Load;

/// <summary>
/// One page that needs nothing else: what was tried, what came of it at a glance, the curves, every number, and how it was measured.
/// </summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --page: #fff; --text: #1c2330; --quiet: #667085; --rule: #e4e7ec; --card: #f8f9fb;
          --good: #d7f2de; --good-ink: #14532d; --part: #fdecc8; --part-ink: #6b4300; --bad: #fbdcdc; --bad-ink: #7a1f1f; --off: #eceef2;
          --off-ink: #4a5568; }
        @media (prefers-color-scheme: dark) { :root { --page: #12161d; --text: #e6e9ef; --quiet: #98a2b3; --rule: #303846; --card: #1a2029;
          --good: #15402a; --good-ink: #b8f0cb; --part: #4a3610; --part-ink: #ffe0a3; --bad: #4f1f22; --bad-ink: #ffc9c9; --off: #262d38;
          --off-ink: #aab4c3; } }
        body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .75rem; } h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; }
        .lead { font-size: 1.1rem; max-width: 52rem; margin: 0 0 1rem; } .quiet { color: var(--quiet); max-width: 52rem; }
        .remark { border-left: 4px solid var(--part-ink); background: var(--part); color: var(--part-ink); padding: .5rem 1rem; max-width:
        52rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .45rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); } th:first-child,
        .words { text-align: left !important; }
        thead th { color: var(--quiet); font-weight: 600; font-size: .85rem; vertical-align: bottom; }
        .glance { border-collapse: separate; border-spacing: 4px; width: 100%; } .glance th, .glance td { border: 0; }
        .glance td { border-radius: 8px; text-align: left; padding: .5rem .75rem; vertical-align: top; min-width: 8.5rem; white-space:
        normal; }
        .glance td b { display: block; font-size: 1.05rem; } .glance td small { display: block; font-size: .82rem; }
        .glance thead th { text-align: left; }
        .glance th small { display: block; font-weight: 400; color: var(--quiet); white-space: normal; max-width: 18rem; }
        .all { background: var(--good); color: var(--good-ink); } .some { background: var(--part); color: var(--part-ink); }
        .none { background: var(--bad); color: var(--bad-ink); } .off { background: var(--off); color: var(--off-ink); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin-bottom: 1rem; }
        .tiles div { background: var(--card); border-radius: 12px; padding: 1rem 1.25rem; color: var(--quiet); font-size: .9rem; }
        .tiles b { display: block; color: var(--text); font-size: 1.35rem; line-height: 1.4; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 1.25rem; }
        .charts .chart { margin: 0; padding: 1rem 1.25rem; background: var(--card); border-radius: 12px; max-width: none; }
        .charts .chart svg { font-size: 13px; }
        .numbers { font-size: .85rem; } .numbers th:first-child { position: sticky; left: 0; background: var(--page); } .numbers thead th {
        white-space: normal; min-width: 4.2rem; } .numbers .words { white-space: normal; min-width: 20rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; margin: 0; } dt { font-weight: 600; } dd { margin: 0;
        max-width: 60rem; }
        """;

    private const string HeldNote = "Held is a connection that was answered when it was opened and again when all were open.";

    private const string GlanceNote = "Each cell: how many connections were answered when they were opened and again when all were "
        + "open, the memory of the server, "
        + "and the time within which 99 of 100 second requests were answered.";

    public static string Of(ExperimentReport report) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Text(report.Title)}</title>
        <style>
        {Style}
        {LineChart.Style}
        </style>
        </head>
        <body>
        <main>
        <h1>{Text(report.Title)}</h1>
        <p class="lead">{Text(report.Lead)}</p>
        {string.Join('\n', report.Remarks.Select(remark => $"<p class=\"remark\">{Text(remark)}</p>"))}
        <h2>At a glance</h2>
        <p class="quiet">{(report.Levels.Count == 1 ? HeldNote : GlanceNote)}</p>
        {(report.Levels.Count == 1 ? Tiles(report.Levels[0]) : $"<div class=\"scroll\">{Glance(report)}</div>")}
        <h2>Curves</h2>
        <div class="charts">
        {string.Join('\n', ExperimentCharts.Of(report).Select(chart => chart.ToHtml()))}
        </div>
        <h2>Every number</h2>
        <p class="quiet">p50: half of the requests took no longer. p99: 99 of 100 took no longer.</p>
        <div class="scroll">{Numbers(report)}</div>
        <h2>How it was measured</h2>
        {List(ExperimentReport.Phases)}
        <h2>Where and when</h2>
        {List(report.Facts)}
        </main>
        </body>
        </html>

        """;

    private static string Tiles(LevelResult level)
    {
        (string Value, string What)[] tiles = level.CouldNotRun is { } reason ? [("not run", reason)] :
        [
            ($"{LevelText.Count(level.Held)} of {LevelText.Count(level.Connections)}", "connections held"),
            ($"{LevelText.Seconds(level.Opening.Seconds)} s", "to open them"),
            (LevelText.Count(level.Opening.Failed + level.LaterErrors), "errors"),
            ($"{LevelText.Megabytes(level.Full.ResidentBytes)} MB", $"memory of the server's {level.Full.Processes} processes"),
            ($"{LevelText.Megabytes(level.MachineBytes)} MB", "taken from the machine, clients included"),
            ($"{LevelText.Milliseconds(level.Again.Latency.P99)} ms", "p99 of the second round"),
            ($"{LevelText.Milliseconds(level.Active.Latency.P99)} ms", "p99 of the active ones"),
        ];
        string remarks = LevelText.Remarks(level) is { Length: > 0 } words ? $"<p class=\"remark\">{Text(words)}</p>" : "";
        return $"<div class=\"tiles\">{string.Concat(tiles.Select(tile => $"<div><b>{Text(tile.Value)}</b>{Text(tile.What)}</div>"))}"
            + $"</div>{remarks}";
    }

    private static string Glance(ExperimentReport report)
    {
        var html = new StringBuilder("<table class=\"glance\"><thead><tr><th>model</th>");
        foreach (int size in report.Sizes)
            html.Append(CultureInfo.InvariantCulture, $"<th>{LevelText.Count(size)} connections</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var model in report.Models)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(model.Name)}<small>{Text(model.What)}</small></th>");
            foreach (int size in report.Sizes)
                html.Append(Cell(report.Find(model, size)));
            html.Append("</tr>");
        }
        return html.Append("</tbody></table>").ToString();
    }

    private static string Cell(LevelResult? level)
    {
        if (level is null)
            return "<td></td>";
        if (level.CouldNotRun is { } reason)
            return $"<td class=\"off\"><b>not run</b><small>{Text(reason)}</small></td>";
        string kind = level.HeldAll && level.LaterErrors == 0 ? "all" : level.Held == 0 ? "none" : "some";
        string held = level.HeldAll ? "all held" : $"{LevelText.Count(level.Held)} held";
        string numbers = level.Held == 0 ? ""
            : $"<small>{LevelText.Megabytes(level.Full.ResidentBytes)} MB · p99 {LevelText.Milliseconds(level.Again.Latency.P99)} "
            + "ms</small>";
        return $"<td class=\"{kind}\"><b>{held}</b>{numbers}<small>{Text(LevelText.Remarks(level))}</small></td>";
    }

    // A line for each level; for a single one a line for each number.
    private static string Numbers(ExperimentReport report)
    {
        IReadOnlyList<string> header = ["model", "connections", .. LevelColumn.All.Select(column => column.Header), "remarks"];
        var rows = report.Levels.Select(level => (IReadOnlyList<string>)
            [level.Model.Name, LevelText.Count(level.Connections), .. LevelColumn.All.Select(column => column.Text(level)),
                LevelText.Remarks(level)]).ToList();
        if (rows.Count == 1)
        {
            var lines = header.Zip(rows[0], (name, value) => $"<tr><th>{Text(name)}</th><td>{Text(value)}</td></tr>");
            return $"<table class=\"numbers\"><tbody>{string.Concat(lines)}</tbody></table>";
        }
        return $"<table class=\"numbers\"><thead>{Row(header, "th")}</thead><tbody>{string.Concat(rows.Select(row => Row(row, "td")))}"
            + $"</tbody></table>";
    }

    private static string Row(IReadOnlyList<string> cells, string element) =>
        $"<tr><th>{Text(cells[0])}</th>{string.Concat(cells.Skip(1).SkipLast(1).Select(cell => $"<{element}>{Text(cell)}</{element}>"))}"
            + $"<{element} class=\"words\">{Text(cells[^1])}</{element}></tr>";

    private static string List(IEnumerable<(string Name, string What)> entries) =>
        $"<dl>{string.Concat(entries.Select(entry => $"<dt>{Text(entry.Name)}</dt><dd>{Text(entry.What)}</dd>"))}</dl>";

    private static string Text(string value) => WebUtility.HtmlEncode(value);
}
