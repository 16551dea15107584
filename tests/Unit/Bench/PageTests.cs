using System.Xml.Linq;
using AsyncServer.Bench;

namespace AsyncServer.Unit.Bench;

public sealed class PageTests
{
    [Fact]
    public void Markdown_WholePage_HasTargetsTablesAndWhatWasTried()
    {
        string page = MarkdownPage.Render(Made.Page());

        Assert.StartsWith("# Benchmarks\n", page, StringComparison.Ordinal);
        Assert.Contains("1 of 3 targets met, 1 missed, 1 not measured.", page, StringComparison.Ordinal);
        Assert.Contains("**missed by 20 %**", page, StringComparison.Ordinal);
        Assert.Contains("CPU µs/request, ours ÷ nginx **0.60** (0.50 to 0.70)", page, StringComparison.Ordinal);
        Assert.Contains("| ours   |   6.00 (±17 %) |", page, StringComparison.Ordinal);
        Assert.Contains("- `gone`: skipped: gone is not installed", page, StringComparison.Ordinal);
        Assert.Contains("- **gone failed**: it <ended>", page, StringComparison.Ordinal);
        Assert.Contains("(adr/0009-what-a-request-costs.md)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_WholePage_NeedsNothingElseAndEscapesText()
    {
        string page = HtmlPage.Render(Made.Page());

        Assert.Contains("The plain &lt;load&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"missed\">✗ missed by 20 %", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("What <code>it</code> does.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
    }

    [Fact]
    public void BarChart_TwoServers_DrawsABarAndASpreadEach()
    {
        var result = Made.Result(Made.Workload("plain", "ours", "nginx"), Quantity.Cpu, ("ours", [5, 6, 7]), ("nginx", [12]));

        var figure = XElement.Parse(BarChart.Render(result, Quantity.Cpu, static _ => "ours")!);

        var bars = figure.Descendants("rect").ToArray();
        Assert.Equal(2, bars.Length);
        Assert.Equal(0.5, (double)bars[0].Attribute("width")! / (double)bars[1].Attribute("width")!, precision: 3);
        Assert.Single(figure.Descendants("path")); // a single round has no spread
        Assert.Contains(figure.Descendants("text"), static text => text.Value == "12.00");
    }

    [Fact]
    public void BarChart_NothingMeasured_IsNone() =>
        Assert.Null(BarChart.Render(new WorkloadResult(Made.Workload("plain", "ours")), Quantity.Cpu, static _ => "ours"));
}
