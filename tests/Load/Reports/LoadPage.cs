using System.Net;
using System.Text;

namespace AsyncServer.Load;

/// <summary>The report as one HTML page that loads nothing: a verdict, a table and charts for each scenario.</summary>
internal sealed class LoadPage(string command, IReadOnlyList<(string Name, string Value)> setting, IReadOnlyList<ScenarioOutcome> outcomes)
{
    // A load of a few seconds has no course worth a picture.
    private const int FewestPoints = 4;

    private const string Style = """
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { margin-bottom: .25rem; } h2 { margin: 2.5rem 0 .25rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; color: GrayText; font-size: .9rem; } dd { margin: 0; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; margin: 1rem
        0; }
        th, td { padding: .25rem .6rem; border-bottom: 1px solid #8884; text-align: right; white-space: nowrap; }
        th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left; }
        .status { font-size: .9rem; font-weight: 600; padding: .1rem .6rem; border-radius: 1rem; vertical-align: middle; color: #fff;
        background: #667085; }
        .Passed { background: #2b8a3e; } .Failed, .CouldNotRun { background: #c92a2a; }
        ul { font-size: .9rem; padding-left: 1.2rem; } .fails { color: #e03131; font-weight: 600; }
        """;

    public string ToHtml()
    {
        var html = new StringBuilder();
        html.Append($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Load</title><meta name="viewport" content="width=device-width,
            initial-scale=1">
            <style>{Style}{LineChart.Style}</style></head><body>
            <h1>Load</h1><dl><dt>command</dt><dd><code>{Escape(command)}</code></dd>
            """);
        foreach (var (name, value) in setting)
            html.Append($"<dt>{Escape(name)}</dt><dd>{Escape(value)}</dd>");
        html.Append("</dl>\n<p>Latency counts from the moment at which a request was due, so that a server which stalls cannot hide "
            + "it.</p>\n");
        foreach (var outcome in outcomes)
            AppendOutcome(html, outcome);
        return html.Append("</body></html>\n").ToString();
    }

    private static void AppendOutcome(StringBuilder html, ScenarioOutcome outcome)
    {
        string name = outcome.Scenario.Name;
        html.Append($"""<h2 id="{name}">{name} <span class="status {outcome.Status}">{ScenarioRunner.Text(outcome.Status)}</span></h2>""");
        html.Append($"<p>{Escape(outcome.Scenario.What)}. Passes when {Escape(outcome.Scenario.Threshold)}.</p>\n");
        if (outcome.Reason is not null)
            html.Append($"<p>{Escape(outcome.Reason)}</p>\n");
        if (outcome.Results.Count > 0)
            html.Append($"<div class=\"scroll\"><table><tr>{Cells("th", LoadReport.Columns)}</tr>");
        foreach (var result in outcome.Results)
            html.Append($"<tr>{Cells("td", LoadReport.Cells(result))}</tr>");
        if (outcome.Results.Count > 0)
            html.Append("</table></div>\n");
        if (outcome.Checks.Count > 0)
        {
            var checks = outcome.Checks.Select(check => $"<li{(check.Holds ? "" : " class=\"fails\"")}>{Escape(check.What)}</li>");
            html.Append($"<ul>{string.Concat(checks)}</ul>\n");
        }
        foreach (var chart in Charts(outcome))
            html.Append(chart.ToHtml()).Append('\n');
    }

    private static IEnumerable<LineChart> Charts(ScenarioOutcome outcome)
    {
        // What a server makes hostile clients wait for is its limits, not its speed: their seconds would flatten everything else.
        var courses = outcome.Results.Where(result => result.Seconds.Count >= FewestPoints && result.Latency.P50 < TimeSpan.FromSeconds(1))
            .ToArray();
        if (courses.Length > 0)
            yield return new LineChart
            {
                Title = "p99 second by second",
                Note = "each load from its own start; logarithmic",
                XLabel = "seconds",
                YLabel = "p99, ms",
                LogY = true,
                Series = [.. courses.Select(result =>
                    new ChartSeries(result.Name,
                        [.. result.Seconds.Select(second => ((double)second.Second, second.P99.TotalMilliseconds))]))],
            };
        if (outcome.Samples.Count < FewestPoints)
            yield break;
        yield return Samples("Memory of the server", "resident MB", outcome, sample => sample.ResidentBytes / 1e6);
        yield return Samples("Descriptors of the server", "open descriptors", outcome, sample => sample.Descriptors);
    }

    private static LineChart Samples(string title, string label, ScenarioOutcome outcome, Func<ServerSample, double> value) => new()
    {
        Title = title,
        XLabel = "seconds",
        YLabel = label,
        Series = [new ChartSeries("server", [.. outcome.Samples.Select(sample => (sample.At.TotalSeconds, value(sample)))])],
    };

    private static string Cells(string element, IEnumerable<string> texts) =>
        string.Concat(texts.Select(text => $"<{element}>{Escape(text)}</{element}>"));

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
