namespace AsyncServer.Load;

/// <summary>Levels one after the other; what is known so far is on the disk after each of them.</summary>
internal sealed class Experiment(TextWriter output, Progress progress, TimeProvider time)
{
    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required DirectoryInfo Folder { get; init; }

    /// <summary>The arguments that it was started with.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What it does otherwise than it was asked to, and why.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Runs them all, whatever comes of each.</summary>
    /// <exception cref="SetupException">The server is not built.</exception>
    public async Task<ExperimentReport> RunAsync(IEnumerable<LevelPlan> plans, CancellationToken cancellation)
    {
        var report = new ExperimentReport
        {
            Title = Title,
            Lead = Lead,
            Facts = await RunFacts.ReadAsync(Command, time, cancellation),
            Levels = [],
            Remarks = Remarks,
        };
        foreach (var (_, value) in report.Facts)
            output.WriteLine(value);
        await using var site = new LevelSite();
        foreach (var plan in plans)
        {
            var level = Skip(plan, report.Levels) ?? await new LevelRun(plan, site, progress, time).RunAsync(cancellation);
            output.WriteLine($"{plan.Model.Name}, {LevelText.Count(plan.Connections)}: {Summary(level)}");
            report = report with { Levels = [.. report.Levels, level] };
            await report.WriteAsync(Folder);
        }
        output.WriteLine($"report: {Path.Combine(Folder.FullName, "report.html")}");
        return report;
    }

    // What a smaller level could not start, or had no memory for, a larger one need not try.
    private static LevelResult? Skip(LevelPlan plan, IEnumerable<LevelResult> before)
    {
        string? reason = before.Where(level => level.Model.Name == plan.Model.Name && level.Connections < plan.Connections)
            .Select(level => level.CouldNotRun is { } failure && failure.StartsWith("could not start", StringComparison.Ordinal) ? failure
                : level.Stopped?.StartsWith("memory", StringComparison.Ordinal) == true
                    ? $"not tried: memory ended at {LevelText.Count(level.Served)}" : null)
            .FirstOrDefault(found => found is not null);
        return reason is null ? null : new LevelResult { Model = plan.Model, Connections = plan.Connections, CouldNotRun = reason };
    }

    private static string Summary(LevelResult level) => !level.HasRun
        ? LevelText.Remarks(level)
        : $"{LevelText.Count(level.Held)} held, opened in {LevelText.Seconds(level.Opening.Seconds)} s, "
            + $"{LevelText.Megabytes(level.Full.ResidentBytes)} MB, "
            + $"p99 {LevelText.Milliseconds(level.Again.Latency.P99)} ms, active p99 {LevelText.Milliseconds(level.Active.Latency.P99)} ms"
            + (LevelText.Remarks(level) is { Length: > 0 } remarks ? $" ({remarks})" : "");
}
