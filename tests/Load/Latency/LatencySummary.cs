namespace AsyncServer.Load;

/// <summary>How long answers took: from the moment that they were meant to be asked for.</summary>
internal sealed record LatencySummary(TimeSpan Mean, TimeSpan P50, TimeSpan P95, TimeSpan P99, TimeSpan Max)
{
    public static LatencySummary Of(Histogram histogram) =>
        new(histogram.Mean, histogram.Percentile(50), histogram.Percentile(95), histogram.Percentile(99), histogram.Max);
}
