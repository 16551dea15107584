namespace AsyncServer.Load;

/// <summary>The charts of an experiment: a line for each model, against the number of connections or against time.</summary>
internal static class ExperimentCharts
{
    private const double Megabyte = 1 << 20;

    public static IEnumerable<LineChart> Of(ExperimentReport report)
    {
        if (report.Sizes.Count > 1)
        {
            yield return Against(report, "Connections held",
                "Each was answered when it was opened, and again when all were open. Higher is better; a line that bends down has left "
                + "clients standing.",
                "connections held", level => level.Held, logY: true);
            yield return Against(report, "Memory of the server",
                "Resident, with all child processes, while that many were open. Lower is better.",
                "MB", level => level.Full.ResidentBytes / Megabyte, logY: true);
            yield return Against(report, "Latency while all are asked again",
                "99 of 100 second requests took no longer. Lower is better; only served connections count.",
                "p99, ms", level => Milliseconds(level.Again), logY: true);
            yield return Against(report, "Latency of a few active ones among all",
                "99 of 100 requests took no longer while the other connections were open and idle. A flat line means that idle "
                + "connections cost nothing.",
                "p99, ms", level => Milliseconds(level.Active), logY: true);
            yield return Against(report, "Errors",
                "Connections that were not served, or not again when all were open, of 100. Lower is better.",
                "% of connections", level => 100.0 * (level.Connections - level.Held) / level.Connections, logY: false);
            yield return Against(report, "CPU time of a request among idle connections",
                "What the server needs for each request of the active ones. A rising line means that idle connections cost time.",
                "µs a request", level => level.ActiveMicrosecondsPerRequest, logY: true);
            yield return Against(report, "Threads of the server", "In all of its processes.", "threads", level => level.Full.Threads,
                logY: true);
        }
        int largest = report.Sizes[^1];
        yield return OverTime(report, largest, $"Opening {LevelText.Count(largest)} connections",
            "Connections served, by the time since the first one was opened. Steeper is better.",
            "connections served", sample => sample.Served);
        if (report.Sizes.Count == 1)
            yield return OverTime(report, largest, "Memory of the whole machine", "Clients and the kernel's sockets included.", "MB",
                sample => sample.MachineBytes / Megabyte);
    }

    private static LineChart Against(ExperimentReport report, string title, string note, string label, Func<LevelResult, double> value,
        bool logY) => new()
        {
            Title = title,
            Note = note,
            XLabel = "connections that were to be open",
            YLabel = label,
            LogX = true,
            LogY = logY,
            Series = [.. report.Models.Select(model => new ChartSeries(model.Name,
            [.. report.Sizes.Select(size => ((double)size,
                report.Find(model, size) is { HasRun: true } level ? value(level) : double.NaN))]))],
        };

    private static LineChart OverTime(ExperimentReport report, int connections, string title, string note, string label,
        Func<OpeningSample, double> value) => new()
        {
            Title = title,
            Note = note,
            XLabel = "seconds",
            YLabel = label,
            Series = [.. report.Models.Select(model => new ChartSeries(model.Name,
            [.. report.Find(model, connections)?.Curve.Select(sample => (sample.Time.TotalSeconds, value(sample))) ?? []]))],
        };

    private static double Milliseconds(PhaseResult phase) =>
        phase.Latency is { Count: > 0 } latency ? latency.P99.TotalMilliseconds : double.NaN;
}
