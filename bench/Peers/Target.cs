using System.Globalization;

namespace AsyncServer.Bench;

/// <summary>What our server should reach in a workload.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="Quantity">What is judged.</param>
/// <param name="Limit">As a factor of what it is compared with, or in the quantity's unit.</param>
internal sealed record Target(string Workload, Quantity Quantity, double Limit)
{
    /// <summary>Which of our servers is judged; null for the workload's own.</summary>
    public string? Subject { get; init; }

    /// <summary>The server that is compared with; null for none.</summary>
    public string? Peer { get; init; }

    /// <summary>The workload that our own figure is compared with; null for none.</summary>
    public string? Against { get; init; }

    /// <summary>Whether the limit is the least that is wanted, not the most.</summary>
    private bool IsLeast => !Quantity.LessIsBetter;

    private bool IsRatio => Peer is not null || Against is not null;

    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{(Subject is null ? "" : $"{Subject}: ")}{Quantity.Title} {(IsLeast ? "≥" : "≤")} "
            + $"{(IsRatio ? $"{Limit:0.00} × {Peer ?? Against}" : $"{Limit:N0}")}");

    /// <summary>Null when a run has not what it needs.</summary>
    public Samples? Measure(IReadOnlyList<WorkloadResult> results)
    {
        if (results.FirstOrDefault(result => result.Workload.Name == Workload) is not { } mine)
            return null;
        if (Peer is not null)
            return mine.Ratio(Quantity, Subject ?? mine.Workload.Ours, Peer);
        if (Against is null)
            return mine.Of(Subject ?? mine.Workload.Ours, Quantity);
        return results.FirstOrDefault(result => result.Workload.Name == Against) is { } other
            ? WorkloadResult.Ratio(mine.Values(mine.Workload.Ours, Quantity), other.Values(other.Workload.Ours, Quantity))
            : null;
    }

    public Verdict Judge(IReadOnlyList<WorkloadResult> results)
    {
        if (Measure(results) is not { } measured)
            return new Verdict(this, "not measured", IsMet: null);
        string result = IsRatio
            ? string.Create(CultureInfo.InvariantCulture, $"{measured.Median:0.00} × ({measured.Least:0.00} to {measured.Most:0.00})")
            : string.Create(CultureInfo.InvariantCulture, $"{measured.Median:N1} ({measured.Least:N1} to {measured.Most:N1})");
        return new Verdict(this, result, IsLeast ? measured.Median >= Limit : measured.Median <= Limit)
        {
            MissedBy = Math.Abs(measured.Median / Limit - 1),
        };
    }
}
