namespace AsyncServer.Load;

/// <summary>The answers that came in one second of a load.</summary>
/// <param name="Second">Which, from 0 at the load's start.</param>
/// <param name="Answers">How many.</param>
/// <param name="P50">Their median latency.</param>
/// <param name="P99">What 99 in 100 did not exceed.</param>
internal sealed record LatencySecond(int Second, long Answers, TimeSpan P50, TimeSpan P99);
