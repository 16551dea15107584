using System.Text.RegularExpressions;
using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed partial class ReportTests
{
    [Fact]
    public void Csv_EachLevel_IsALineWithACellForEachColumn()
    {
        string[] lines = CsvReport.Of(SampleReport.Make()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        string[] header = lines[0].Split(',');
        string[] first = lines[1].Split(',');
        Assert.Equal(header.Length, first.Length);
        string Cell(string name) => first[Array.IndexOf(header, name)];
        Assert.Equal(("coroutine", "100", "all", "100", "0"),
            (Cell("model"), Cell("connections"), Cell("result"), Cell("served"), Cell("unserved")));
        Assert.Equal(("5", "10", "10"), (Cell("accept_p50_ms"), Cell("accept_p99_ms"), Cell("accept_max_ms")));
        Assert.Equal(("2", "1", "4000"), (Cell("kb_per_connection"), Cell("threads_per_connection"), Cell("active_cpu_us")));
    }

    [Fact]
    public void Csv_ALevelThatDidNotRun_HasNoNumbersAndAQuotedReason()
    {
        string last = CsvReport.Of(SampleReport.Make()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith("select,1000,not run,,,", last);
        Assert.EndsWith(",\"could not start: \"\"select\"\", it said, is <not> here\"", last);
    }

    [Fact]
    public void Remarks_SomeUnserved_SayWhyAndHowMany() => Assert.Equal(
        "stopped: time: 40 s for opening; 350 not answered in time; 10 not tried",
        LevelText.Remarks(SampleReport.Served("threads", 1000, 640) with { Stopped = "time: 40 s for opening" }));

    [Fact]
    public void Remarks_AllServed_AreEmpty() => Assert.Equal("", LevelText.Remarks(SampleReport.Served("coroutine", 100, 100)));

    [Fact]
    public void Markdown_Glance_HasARowForEachModel()
    {
        string text = MarkdownReport.Of(SampleReport.Make());
        Assert.Contains("| model | 100 | 1,000 |", text);
        Assert.Contains("| coroutine | all · 20.2 MB · 2.00 ms | all · 22.0 MB · 2.00 ms |", text);
        Assert.Contains("| threads | all · 20.2 MB · 2.00 ms | 640 · 21.3 MB · 2.00 ms |", text);
        Assert.Contains("- **half of it: memory**", text);
        Assert.Contains("- Commit: abc1234", text);
    }

    [Fact]
    public void Html_OfAReport_StandsAlone()
    {
        string html = HtmlReport.Of(SampleReport.Make());
        Assert.DoesNotMatch(Reference(), html);
        Assert.Contains("prefers-color-scheme: dark", html);
        Assert.Contains("C10K &lt;sample&gt;", html);
        Assert.Contains("is &lt;not&gt; here", html);
        Assert.DoesNotContain("NaN", html);
        Assert.Equal(8, Svg().Count(html));
        foreach (string words in new[] { "all held", "640 held", "not run", "half of it: memory", "How it was measured", "abc1234" })
            Assert.Contains(words, html);
    }

    [Fact]
    public void Html_OfOneSize_HasCurvesOverTimeOnly()
    {
        var report = SampleReport.Make();
        string html = HtmlReport.Of(report with { Levels = [report.Levels[0]] });
        Assert.Equal(2, Svg().Count(html));
        Assert.Contains("Memory of the whole machine", html);
    }

    [Theory]
    [InlineData(0, "0.00")]
    [InlineData(0.126, "0.13")]
    [InlineData(12.34, "12.3")]
    [InlineData(1234.5, "1,234")]
    [InlineData(double.NaN, "–")]
    public void Number_OfAnySize_HasThreeDigitsThatMatter(double value, string expected) => Assert.Equal(expected, LevelText.Number(value));

    [Fact]
    public async Task Write_ToAFolderThatIsNotThere_MakesItAndEveryForm()
    {
        var folder = new DirectoryInfo(Path.Combine(Path.GetTempPath(), $"c10k-report-{Environment.ProcessId}", "inner"));
        try
        {
            await SampleReport.Make().WriteAsync(folder);
            Assert.Equal(["report.csv", "report.html", "report.md"], folder.GetFiles("report.*").Select(file => file.Name).Order());
            var charts = folder.GetFiles("chart-*.svg");
            Assert.NotEmpty(charts);
            Assert.All(charts, chart => Assert.Equal("svg", System.Xml.Linq.XDocument.Load(chart.FullName).Root!.Name.LocalName));
        }
        finally
        {
            folder.Parent!.Delete(recursive: true);
        }
    }

    // What a browser would fetch.
    [GeneratedRegex("(src|href)=|url\\(|@import", RegexOptions.IgnoreCase)]
    private static partial Regex Reference();

    [GeneratedRegex("<svg ")]
    private static partial Regex Svg();
}
