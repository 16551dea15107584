using AsyncServer.Load;

namespace AsyncServer.Unit.Load;

public sealed class LoadReportTests
{
    private static readonly Scenario Scenario = new()
    {
        Name = "example",
        What = "a <load>",
        Threshold = "it holds",
        Run = _ => Task.CompletedTask,
    };

    [Fact]
    public void Csv_NamesWithCommas_AreQuoted() =>
        Assert.Equal(
            "scenario,status,load,shape,seconds,answers,errors,bytes,mean_ms,p50_ms,p95_ms,p99_ms,max_ms\r\n"
            + "example,Failed,\"fast, \"\"very\"\"\",10/s,1.5,2,1,30,2,1,4,5,6\r\n",
            Report(Outcome()).ToCsv());

    [Fact]
    public void Markdown_Failure_IsMarked()
    {
        string text = Report(Outcome()).ToMarkdown();

        Assert.Contains("- command: `run example`\n- machine: a small one\n\n## example: FAILED\n", text, StringComparison.Ordinal);
        Assert.Contains("| fast, \"very\" | 10/s | 2 | 1 | 1.3 | 2.00 | 1.00 | 4.00 | 5.00 | 6.00 |\n", text, StringComparison.Ordinal);
        Assert.Contains("- **fails**: 2 < 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_TextOfOthers_IsEscapedAndNothingIsLoaded()
    {
        string page = Page(Outcome());

        Assert.Contains("<p>a &lt;load&gt;. Passes when it holds.</p>", page, StringComparison.Ordinal);
        Assert.Contains("<li class=\"fails\">2 &lt; 1</li>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal); // two moments make no curve
    }

    [Fact]
    public void Page_SamplesOfTheServer_HasItsCurves()
    {
        ServerSample[] samples = [.. Enumerable.Range(0, 10)
            .Select(second => new ServerSample(TimeSpan.FromSeconds(second), second * 1_000_000, 100 + second))];

        string page = Page(Outcome() with { Samples = samples });

        Assert.Contains("aria-label=\"Memory of the server\"", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Descriptors of the server\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Passed", 0)]
    [InlineData("Failed", 1)]
    [InlineData("CouldNotRun", 2)]
    [InlineData("Skipped", 2)]
    [InlineData("Passed Skipped", 0)]
    [InlineData("Passed CouldNotRun", 2)]
    [InlineData("CouldNotRun Failed Passed", 1)]
    public void ExitCode_Outcomes_TellsTheWorst(string outcomes, int exitCode) =>
        Assert.Equal(exitCode,
            ScenarioRunner.ExitCode(
            [.. outcomes.Split(' ').Select(status => new ScenarioOutcome(Scenario, Enum.Parse<ScenarioStatus>(status)))]));

    [Fact]
    public void Trend_StraightLine_IsItsSlope()
    {
        Assert.Equal(3, Trend.PerMinute(Enumerable.Range(0, 100).Select(second => (TimeSpan.FromSeconds(second), 50 + second * 0.05))),
            1e-9);
        Assert.Equal(0, Trend.PerMinute([]));
        Assert.Equal(0, Trend.PerMinute([(TimeSpan.FromSeconds(1), 7)]));
    }

    [Fact]
    public void LatencyRule_Bound_IsAMultipleAndTheAllowance() =>
        Assert.Equal(TimeSpan.FromMilliseconds(25), LatencyRule.Bound(2, TimeSpan.FromMilliseconds(10)));

    private static LoadReport Report(ScenarioOutcome outcome) => new("run example", [("machine", "a small one")], [outcome]);

    private static string Page(ScenarioOutcome outcome) => new LoadPage("run example", [], [outcome]).ToHtml();

    private static ScenarioOutcome Outcome()
    {
        var tally = new Tally();
        tally.CountAnswer();
        tally.CountAnswer();
        tally.CountErrors("lost");
        var latency = new LatencySummary(Milliseconds(2), Milliseconds(1), Milliseconds(4), Milliseconds(5), Milliseconds(6));
        return new ScenarioOutcome(Scenario, ScenarioStatus.Failed)
        {
            Results = [new LoadResult("fast, \"very\"", "10/s", TimeSpan.FromSeconds(1.5), tally, 30, latency, Seconds: [])],
            Checks = [new Check("2 < 1", Holds: false)],
        };
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);
}
