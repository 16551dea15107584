namespace AsyncServer.Load;

/// <summary>What came of a load.</summary>
/// <param name="Name">The load's.</param>
/// <param name="Shape">How its requests were spread.</param>
/// <param name="Duration">From its start until its last answer.</param>
/// <param name="Tally">Right answers and errors.</param>
/// <param name="Bytes">Bytes of right answers, heads included.</param>
/// <param name="Latency">Of right answers.</param>
/// <param name="Seconds">The same second by second, as far as the engine tells.</param>
internal sealed record LoadResult(
    string Name, string Shape, TimeSpan Duration, Tally Tally, long Bytes, LatencySummary Latency, IReadOnlyList<LatencySecond> Seconds);
