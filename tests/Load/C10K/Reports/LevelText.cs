using System.Globalization;

namespace AsyncServer.Load;

/// <summary>The words and numbers of a level, as every report writes them.</summary>
internal static class LevelText
{
    /// <summary>What came of the level in a word: <c>all</c>, <c>some</c>, <c>none</c>, <c>not run</c>.</summary>
    public static string Verdict(LevelResult level) => level switch
    {
        { HasRun: false } => "not run",
        { Held: 0 } => "none",
        { HeldAll: true } => "all",
        _ => "some",
    };

    /// <summary>Why not all were served, and what went wrong later; empty when nothing did.</summary>
    public static string Remarks(LevelResult level)
    {
        if (level.CouldNotRun is { } reason)
            return reason;
        var remarks = new List<string>();
        if (level.Stopped is { } stopped)
            remarks.Add($"stopped: {stopped}");
        remarks.AddRange(Errors("", level.Opening, "not tried"));
        remarks.AddRange(Errors("second round: ", level.Again, "not asked"));
        remarks.AddRange(Errors("active: ", level.Active with { Wanted = 0 }, ""));
        return string.Join("; ", remarks);
    }

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Megabytes(long bytes) => Number(bytes / (double)(1 << 20));

    public static string Milliseconds(TimeSpan value) => Number(value.TotalMilliseconds);

    public static string Seconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Three digits that matter; a dash for what is not a number.</summary>
    public static string Number(double value) => double.IsNaN(value) ? "–" : value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<string> Errors(string prefix, PhaseResult phase, string notTried)
    {
        foreach (var (outcome, count) in phase.Errors)
            yield return $"{prefix}{Count(count)} {Outcomes.Words(outcome)}";
        if (phase.NotTried > 0)
            yield return $"{prefix}{Count(phase.NotTried)} {notTried}";
    }
}
