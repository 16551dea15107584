namespace AsyncServer.Bench;

/// <summary>The page <c>docs/benchmarks.md</c>, whole.</summary>
internal static class MarkdownPage
{
    public static string Render(ComparisonPage page)
    {
        using var text = new StringWriter();
        var report = new Report(text);
        report.Line($"# {ComparisonPage.Title}");
        report.Line($"");
        report.Line($"AsyncServer beside a C program that only answers, nginx, Kestrel and others, on one machine in one run. This page ",
            $"is made by the command below; ratios carry over to other machines, times do not.");
        report.Line($"");
        report.Line($"```");
        report.Line($"{page.Command}");
        report.Line($"```");
        report.Line($"");
        foreach (string fact in page.Facts)
            report.Line($"- {fact}");
        WriteTargets(report, page);
        report.Line($"## How to read it");
        report.Line($"");
        report.Line($"{page.Method}");
        report.Line($"");
        foreach (string explanation in ComparisonPage.Explanations)
            report.Line($"- {explanation}");
        WriteServers(report, page);
        report.Line($"## Workloads");
        foreach (var result in page.Results)
            WriteResult(report, result);
        report.Line($"");
        report.Line($"## What was tried");
        report.Line($"");
        report.Line($"[ADR 0009](adr/0009-what-a-request-costs.md) says where the time of a request goes, what was tried to make it ",
            $"cheaper, what was kept, and what showed nothing. What a missed target still lacks belongs there too.");
        return text.ToString();
    }

    private static void WriteTargets(Report report, ComparisonPage page)
    {
        report.Line($"");
        report.Line($"## Targets");
        report.Line($"");
        report.Line($"{page.Summary}");
        report.Table(["workload", "target", "result", ""], page.Verdicts.Select(static verdict => (FormattableString[])
        [
            $"{verdict.Target.Workload}", $"{verdict.Target.Text}", $"{verdict.Result}",
            $"{(verdict.IsMet == false ? $"**{verdict.Word}**" : verdict.Word)}",
        ]));
    }

    private static void WriteServers(Report report, ComparisonPage page)
    {
        report.Line($"");
        report.Line($"## Servers");
        report.Line($"");
        foreach (var server in page.Servers)
            report.Line($"- `{server.Name}`: {ComparisonPage.Describe(server)}");
        report.Line($"");
    }

    private static void WriteResult(Report report, WorkloadResult result)
    {
        report.Line($"");
        report.Line($"### {result.Workload.Title}");
        report.Line($"");
        report.Line($"{result.Workload.Explanation}");
        ResultTable.Write(report, result);
    }
}
