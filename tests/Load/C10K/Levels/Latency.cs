namespace AsyncServer.Load;

/// <summary>How long requests took: exact, from all of them.</summary>
/// <param name="Count">How many.</param>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="P99">99 of 100 took no longer.</param>
/// <param name="Max">The longest.</param>
internal sealed record Latency(int Count, TimeSpan Median, TimeSpan P99, TimeSpan Max)
{
    public static Latency None { get; } = new(0, default, default, default);

    public static Latency Of(ReadOnlySpan<int> microseconds)
    {
        if (microseconds.IsEmpty)
            return None;
        int[] sorted = microseconds.ToArray();
        Array.Sort(sorted);
        return new Latency(sorted.Length, AtRank(sorted, 0.5), AtRank(sorted, 0.99), AtRank(sorted, 1));
    }

    // The nearest rank: the smallest value that is not below so large a share of them.
    private static TimeSpan AtRank(int[] sorted, double share) =>
        TimeSpan.FromMicroseconds(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)]);
}
