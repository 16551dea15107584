using System.Globalization;

namespace AsyncServer.Load;

/// <summary>A column of the detailed tables.</summary>
/// <param name="Key">Its name in CSV.</param>
/// <param name="Header">Its name for a reader.</param>
/// <param name="Value">What a level has there; not a number where it has nothing.</param>
internal sealed record LevelColumn(string Key, string Header, Func<LevelResult, double> Value)
{
    private const double Megabyte = 1 << 20;

    /// <summary>All of them, from left to right.</summary>
    public static IReadOnlyList<LevelColumn> All { get; } =
    [
        new("served", "served", level => level.HasRun ? level.Served : double.NaN),
        new("held", "held", level => level.HasRun ? level.Held : double.NaN),
        new("refused", "refused", level => level.HasRun ? level.Opening.Tally[Outcome.Refused] : double.NaN),
        new("unserved", "unserved in all", level => level.HasRun ? level.Unserved : double.NaN),
        new("later_errors", "errors later", level => level.HasRun ? level.LaterErrors : double.NaN),
        new("open_s", "opening, s", level => level.HasRun ? level.Opening.Seconds : double.NaN),
        .. Times("accept", "to first answer", level => level.Opening),
        .. Times("again", "second round", level => level.Again),
        .. Times("active", "active", level => level.Active),
        new("active_requests", "active requests", level => level.HasRun ? level.Active.Served : double.NaN),
        new("cpu_s", "CPU, s", level => level.HasRun ? level.CpuTime.TotalSeconds : double.NaN),
        new("active_cpu_us", "CPU per active request, µs", level => level.ActiveMicrosecondsPerRequest),
        new("resident_mb", "memory, MB", level => level.HasRun ? level.Full.ResidentBytes / Megabyte : double.NaN),
        new("resident_before_mb", "memory before, MB", level => level.HasRun ? level.Before.ResidentBytes / Megabyte : double.NaN),
        new("kb_per_connection", "KB per connection", level => level.BytesPerConnection / 1024),
        new("machine_mb", "machine, MB", level => level.HasRun ? level.MachineBytes / Megabyte : double.NaN),
        new("processes", "processes", level => level.HasRun ? level.Full.Processes : double.NaN),
        new("threads", "threads", level => level.HasRun ? level.Full.Threads : double.NaN),
        new("threads_per_connection", "threads per connection", level => level.ThreadsPerConnection),
    ];

    /// <summary>The number as CSV has it: nothing for what is not a number.</summary>
    public string Csv(LevelResult level) => Value(level) is var value
        && double.IsFinite(value) ? value.ToString("0.###", CultureInfo.InvariantCulture) : "";

    /// <summary>The number for a reader.</summary>
    public string Text(LevelResult level) => Value(level) is var value
        && value == Math.Floor(value) ? LevelText.Count((long)value) : LevelText.Number(value);

    private static IEnumerable<LevelColumn> Times(string key, string header, Func<LevelResult, PhaseResult> phase)
    {
        double Of(LevelResult level, Func<Latency, TimeSpan> time) =>
            phase(level).Latency is { Count: > 0 } latency ? time(latency).TotalMilliseconds : double.NaN;
        yield return new($"{key}_p50_ms", $"{header} p50, ms", level => Of(level, latency => latency.Median));
        yield return new($"{key}_p99_ms", $"{header} p99, ms", level => Of(level, latency => latency.P99));
        yield return new($"{key}_max_ms", $"{header} max, ms", level => Of(level, latency => latency.Max));
    }
}
