using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AsyncServer.Bench;

/// <summary>The report as one HTML file that needs nothing else: targets, a chart for each workload, and how to read them.</summary>
internal static partial class HtmlPage
{
    private static readonly (string Family, string Meaning)[] Legend =
    [
        ("ours", "AsyncServer"), ("floor", "the floor, in C"), ("nginx", "nginx"), ("kestrel", "Kestrel"), ("other", "others"),
    ];

    private static readonly string Style = File.ReadAllText(RepositoryRoot.Combine("bench", "Peers", "report.css"));

    public static string Render(ComparisonPage page)
    {
        var html = new StringBuilder();
        html.Append($"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
            + $"content=\"width=device-width\">\n<title>AsyncServer: benchmarks</title>\n<style>\n{Style}</style>\n");
        html.Append("<main>\n<h1>AsyncServer beside its peers</h1>\n");
        html.Append($"<p>What an HTTP server costs: ours, and others on the same machine under the same load, in one run. "
            + $"{Marked(page.Method)}</p>\n");
        html.Append($"<p class=\"lead\">{Marked(page.Summary)}</p>\n");
        WriteTargets(html, page);
        html.Append("<h2>How to read it</h2>\n");
        WriteList(html, ComparisonPage.Explanations);
        html.Append("<p>A bar is the median of the rounds. The line across its end goes from the least to the most.</p>\n");
        html.Append("<h2>Servers</h2>\n");
        WriteList(html, page.Servers.Select(server => $"`{server.Name}`: {ComparisonPage.Describe(server)}"));
        html.Append("<h2>Workloads</h2>\n");
        WriteLegend(html);
        foreach (var result in page.Results)
            WriteResult(html, page, result);
        html.Append("<h2>Where, and how to repeat it</h2>\n");
        WriteList(html, page.Facts);
        html.Append($"<pre>{Encoded(page.Command)}</pre>\n");
        return html.Append("</main>\n</html>\n").ToString();
    }

    private static void WriteTargets(StringBuilder html, ComparisonPage page)
    {
        html.Append("<div class=\"wide\"><table>\n<tr><th>workload<th>target<th>result<th></tr>\n");
        foreach (var verdict in page.Verdicts)
        {
            (string kind, string sign) = verdict.IsMet switch { true => ("met", "✓ "), false => ("missed", "✗ "), null => ("unknown", "") };
            html.Append($"<tr><td>{Encoded(verdict.Target.Workload)}<td>{Encoded(verdict.Target.Text)}<td>{Encoded(verdict.Result)}<td "
                + $"class=\"{kind}\">{sign}{Encoded(verdict.Word)}</tr>\n");
        }
        html.Append("</table></div>\n");
    }

    private static void WriteLegend(StringBuilder html)
    {
        html.Append("<p class=\"legend\">");
        foreach (var (family, meaning) in Legend)
            html.Append($"<span><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"{family}\" width=\"12\" height=\"12\" "
                + $"rx=\"2\"/></svg>{Encoded(meaning)}</span>");
        html.Append("</p>\n");
    }

    private static void WriteResult(StringBuilder html, ComparisonPage page, WorkloadResult result)
    {
        html.Append($"<section>\n<h3>{Encoded(result.Workload.Title)}</h3>\n<p>{Marked(result.Workload.Explanation)}</p>\n");
        foreach (var quantity in result.Workload.Charts)
            html.Append(BarChart.Render(result, quantity, name => page.Servers.First(server => server.Name == name).Family));
        WriteList(html, [.. ResultTable.Ratios(result),
            .. result.Failures.Select(static failure => $"**{failure.Server} failed**: {failure.Reason}")]);
        html.Append("<details><summary>all numbers</summary><div class=\"wide\"><table>\n<tr><th>server");
        foreach (var quantity in result.Quantities)
            html.Append($"<th>{Encoded(quantity.Title)}");
        html.Append("<th>errors</tr>\n");
        foreach (string server in result.Servers)
        {
            html.Append($"<tr><td>{Encoded(server)}");
            foreach (var quantity in result.Quantities)
                html.Append($"<td class=\"number\">{Encoded(ResultTable.Cell(result, server, quantity))}");
            html.Append($"<td class=\"number\">{result.Errors(server)}</tr>\n");
        }
        html.Append("</table></div></details>\n</section>\n");
    }

    private static void WriteList(StringBuilder html, IEnumerable<string> lines)
    {
        html.Append("<ul>\n");
        foreach (string line in lines)
            html.Append($"<li>{Marked(line)}\n");
        html.Append("</ul>\n");
    }

    /// <summary>What our lines have of Markdown: bold and code.</summary>
    private static string Marked(string text) =>
        Code().Replace(Bold().Replace(Encoded(text), "<strong>$1</strong>"), "<code>$1</code>");

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"\*\*(.+?)\*\*")]
    private static partial Regex Bold();

    [GeneratedRegex("`(.+?)`")]
    private static partial Regex Code();
}
