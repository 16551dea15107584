using System.CommandLine;

namespace AsyncServer.Bench;

/// <summary><c>peers</c> on the command line.</summary>
internal static class PeersCommand
{
    private const string Folder = "artifacts/bench";

    private static readonly Option<int?> Rounds = Positive("--rounds", "Rounds for each server (default 5).");
    private static readonly Option<int?> Seconds = Positive("--seconds", "Length of a round (default 3).");
    private static readonly Option<string?> Only = new(
        "--only")
    { Description = "Workloads, with commas between them; \"static\" is all that begin so." };
    private static readonly Option<string?> Servers = new("--servers") { Description = "Servers, with commas between them." };
    private static readonly Option<bool> List = new(
        "--list")
    { Description = "Only tells the workloads, the servers, and what is missing." };
    private static readonly Option<bool> Quick = new(
        "--quick")
    { Description = "One round of 1 s and fewer idle connections, about 3 minutes: does everything work?" };
    private static readonly Option<string?> Markdown = new(
        "--markdown")
    { Description = $"Where the Markdown goes (default {Folder}/benchmarks.md)." };

    /// <param name="measure">Runs a measurement and turns its failures into an exit code.</param>
    public static Command Create(Func<Func<Report, Task<bool>>, CancellationToken, Task<int>> measure)
    {
        var peers = new Command("peers",
            "Everything beside the floor, nginx, Kestrel and others, against the targets: about 30 minutes (needs wrk; peers that are "
            + "not installed are skipped).")
        {
            Rounds, Seconds, Only, Servers, List, Quick, Markdown,
        };
        peers.SetAction((options, cancellation) => measure(report => RunAsync(options, report, cancellation), cancellation));
        return peers;
    }

    /// <summary>
    /// Returns false when there were errors with our server: the numbers then are not to be used. A missed target is a result.
    /// </summary>
    private static async Task<bool> RunAsync(ParseResult options, Report report, CancellationToken cancellation)
    {
        var plan = PlanOf(options);
        var workloads = Workload.Select(Workloads.All, options.GetValue(Only));
        using var folder = new FilesFolder(withLargest: workloads.Any(static workload => workload.IsFiles));
        var servers = PeerServers.Select(await PeerServers.FindAsync(folder, cancellation), options.GetValue(Servers));
        Announce(report, plan, workloads, servers);
        if (options.GetValue(List))
            return true;
        string wrk = await PeerServers.VersionAsync("wrk", ["-v"],
            cancellation) ?? throw new SetupException("wrk is not installed; on Debian: apt install wrk");

        var facts = await Machine.FactsAsync(TimeProvider.System, cancellation);
        var results = await new PeersRun(report, plan, servers).RunAsync(workloads, cancellation);
        var page = new ComparisonPage(
            [.. facts, $"load: wrk {wrk}, 1 thread, on the same machine, over the loopback"], CommandLine(options), plan, servers, results,
            [.. Targets.All.Where(target => workloads.Any(workload => workload.Name == target.Workload))
                .Select(target => target.Judge(results))]);
        await WriteAsync(page, options.GetValue(Markdown) ?? RepositoryRoot.Combine(Folder, "benchmarks.md"), report, cancellation);
        return results.All(static result => result.IsUsable);
    }

    private static PeersPlan PlanOf(ParseResult options)
    {
        var plan = options.GetValue(Quick) ? PeersPlan.Quick : PeersPlan.Full;
        return plan with
        {
            Rounds = options.GetValue(Rounds) ?? plan.Rounds,
            Duration = options.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : plan.Duration,
        };
    }

    private static void Announce(Report report, PeersPlan plan, IReadOnlyList<Workload> workloads, IReadOnlyList<PeerServer> servers)
    {
        foreach (var server in servers)
            report.Line($"- {server.Name}: {ComparisonPage.Describe(server)}");
        report.Table(["workload", "servers"],
            workloads.Select(static workload => (FormattableString[])[$"{workload.Name}", $"{string.Join(", ", workload.Servers)}"]));
        report.Line($"{workloads.Count} workloads, at most {Math.Ceiling(plan.Estimate(workloads).TotalMinutes):0} minutes");
    }

    private static async Task WriteAsync(ComparisonPage page, string markdown, Report report, CancellationToken cancellation)
    {
        string markdownFile = Path.GetFullPath(markdown);
        string htmlFile = RepositoryRoot.Combine(Folder, "benchmarks.html");
        foreach (string file in (string[])[markdownFile, htmlFile])
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(markdownFile, MarkdownPage.Render(page), cancellation);
        await File.WriteAllTextAsync(htmlFile, HtmlPage.Render(page), cancellation);
        report.Line($"");
        report.Line($"{page.Summary}");
        foreach (var verdict in page.Verdicts.Where(static verdict => verdict.IsMet is not null))
            report.Line($"- {verdict.Word}: {verdict.Target.Workload}, {verdict.Target.Text}: {verdict.Result}");
        report.Line($"");
        report.Line($"written: {markdownFile}, {htmlFile}");
    }

    /// <summary>As it was given, without where the page goes.</summary>
    private static string CommandLine(ParseResult options)
    {
        List<string> words = ["dotnet run -c Release --project bench -- peers"];
        if (options.GetValue(Quick))
            words.Add("--quick");
        foreach (var number in (Option<int?>[])[Rounds, Seconds])
            if (options.GetValue(number) is { } value)
                words.Add($"{number.Name} {value}");
        foreach (var names in (Option<string?>[])[Only, Servers])
            if (options.GetValue(names) is { } value)
                words.Add($"{names.Name} {value}");
        return string.Join(' ', words);
    }

    private static Option<int?> Positive(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError($"{name} must be at least 1");
        });
        return option;
    }
}
