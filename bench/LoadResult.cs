namespace AsyncServer.Bench;

/// <summary>What a load generator saw in one run.</summary>
/// <param name="Requests">Answers that it counted.</param>
/// <param name="RequestsPerSecond">By its own clock.</param>
/// <param name="Median">The 50th percentile of the latency.</param>
/// <param name="P99">The 99th percentile of the latency.</param>
/// <param name="Errors">Socket errors and answers that are wrong.</param>
internal sealed record LoadResult(long Requests, double RequestsPerSecond, TimeSpan Median, TimeSpan P99, long Errors);
