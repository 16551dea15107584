namespace AsyncServer.Load;

/// <summary>What an experiment found, for every form of report.</summary>
internal sealed record ExperimentReport
{
    public required string Title { get; init; }

    /// <summary>What was done and what to look for, in a few sentences.</summary>
    public required string Lead { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Facts { get; init; }

    /// <summary>In the order in which they were run.</summary>
    public required IReadOnlyList<LevelResult> Levels { get; init; }

    /// <summary>What the run did otherwise than it was asked to, and why.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    public IReadOnlyList<ServerModel> Models => [.. Levels.Select(level => level.Model).DistinctBy(model => model.Name)];

    public IReadOnlyList<int> Sizes => [.. Levels.Select(level => level.Connections).Distinct().Order()];

    public LevelResult? Find(ServerModel model, int connections) =>
        Levels.FirstOrDefault(level => level.Model.Name == model.Name && level.Connections == connections);

    /// <summary>How each level was measured.</summary>
    public static IReadOnlyList<(string Name, string What)> Phases { get; } =
    [
        ("Opening", "The connections are opened, a few hundred at a time, and each sends one request. One that has no answer within "
            + "100 ms goes on waiting while the next ones are opened. "
            + "A connection is served when the whole right answer came. The time to the first answer counts from connect()."),
        ("Second round", "Every connection that was served sends a second request, 64 of them at a time."),
        ("Active", "A few of the open connections send requests at a steady rate, while all the others stay open and idle. A request "
            + "that is late because the answer before it was "
            + "late counts from when it should have left."),
        ("Memory", "Resident memory of the server and of all its child processes after the second round; what processes share counts "
            + "once. \"Machine\" is what the whole machine gave, "
            + "with the clients and the kernel's socket buffers."),
    ];

    /// <summary>Writes <c>report.csv</c>, <c>report.md</c>, <c>report.html</c>, and the charts as <c>chart-N.svg</c>.</summary>
    public async Task WriteAsync(DirectoryInfo folder)
    {
        folder.Create();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "report.csv"), CsvReport.Of(this));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "report.md"), MarkdownReport.Of(this));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "report.html"), HtmlReport.Of(this));
        foreach (var (number, chart) in ExperimentCharts.Of(this).Index())
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"chart-{number + 1}.svg"), chart.ToSvg());
    }
}
