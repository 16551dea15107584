namespace AsyncServer.Bench;

/// <summary>
/// What coroutines cost beside tasks of the pool, in rounds that take turns, in several processes, each of which compiles its code
/// and lays it out afresh.
/// </summary>
internal sealed class CoroutinesRun(Report report)
{
    public required int Processes { get; init; }
    public required int Rounds { get; init; }
    public required TimeSpan Duration { get; init; }
    public required string? Only { get; init; }

    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var cases = CoroutineCase.Select(Only);
        report.Line($"- one hub beside the pool of {Environment.ProcessorCount} processors, {Processes} processes of {Rounds} rounds, ",
            $"{Duration.TotalMilliseconds} ms for each of both in a round");
        var costs = new List<(string Title, CoroutineCost Ours, CoroutineCost Pool)>();
        for (int i = 0; i < Processes; i++)
        {
            string output = await CoroutineProgram.StartAsync(Only, Rounds, Duration, cancellation);
            costs.AddRange(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(CoroutineCost.Parse));
        }
        report.Table(
            ["case", "beside", "CPU ns", "pool's", "CPU ratio", "least", "most", "elapsed ns", "pool's", "elapsed ratio", "bytes",
                "pool's"],
            cases.Select(one => Row(one, [.. costs.Where(cost => cost.Title == one.Title).Select(static cost => (cost.Ours, cost.Pool))])));
        report.Line($"medians of the rounds, and of the rounds' ratios; wanted: CPU ratio at most {CoroutineCase.TargetRatio}, for a ",
            $"spawn at most {CoroutineCase.TargetBytes} bytes");
        return true;
    }

    private static FormattableString[] Row(CoroutineCase one, (CoroutineCost Ours, CoroutineCost Pool)[] costs)
    {
        double Median(Func<(CoroutineCost Ours, CoroutineCost Pool), double> quantity) => new Samples(costs.Select(quantity)).Median;
        var ratios = new Samples(costs.Select(static cost => cost.Ours.Cpu / cost.Pool.Cpu));
        return
        [
            $"{one.Title}", $"{one.Peer}",
            $"{Median(static cost => cost.Ours.Cpu):F1}", $"{Median(static cost => cost.Pool.Cpu):F1}",
            $"**{ratios.Median:F2}**", $"{ratios.Least:F2}", $"{ratios.Most:F2}",
            $"{Median(static cost => cost.Ours.Elapsed):F1}", $"{Median(static cost => cost.Pool.Elapsed):F1}",
            $"{Median(static cost => cost.Ours.Elapsed / cost.Pool.Elapsed):F2}",
            $"{Median(static cost => cost.Ours.Bytes):F0}", $"{Median(static cost => cost.Pool.Bytes):F0}",
        ];
    }
}
