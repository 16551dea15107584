namespace AsyncServer.Bench;

/// <summary>CPU time per request, ours beside another server's, in rounds that take turns because the machine is noisy.</summary>
internal sealed class SideBySideRun(Report report)
{
    public required int Rounds { get; init; }
    public required TimeSpan Duration { get; init; }
    public required TimeSpan WarmUp { get; init; }
    public required ILoad Load { get; init; }

    /// <summary>Returns false when any round had errors: its numbers then are not to be used.</summary>
    public async Task<bool> RunAsync(ServerCommand peerCommand, ServerCommand ourCommand, CancellationToken cancellation)
    {
        await using var peer = await ServerProcess.StartAsync(peerCommand, cancellation);
        await using var ours = await ServerProcess.StartAsync(ourCommand, cancellation);
        report.Line($"- load: {Load.Description}, {Rounds} rounds of {Duration.TotalSeconds} s for each server");
        report.Line($"- answer: {await Load.AnswerSizeAsync(peer, cancellation)} bytes from {peer.Name}, ",
            $"{await Load.AnswerSizeAsync(ours, cancellation)} bytes from {ours.Name}");

        foreach (var server in (ServerProcess[])[peer, ours])
            await Load.RunAsync(server, WarmUp, cancellation);

        var rounds = new List<(Round Peer, Round Ours)>();
        while (rounds.Count < Rounds)
            rounds.Add((await MeasureAsync(peer, cancellation), await MeasureAsync(ours, cancellation)));

        PrintRounds(peer.Name, ours.Name, rounds);
        PrintSummary(peer.Name, ours.Name, rounds);
        return rounds.All(round => round.Peer.Load.Errors + round.Ours.Load.Errors == 0);
    }

    private Task<Round> MeasureAsync(ServerProcess server, CancellationToken cancellation) =>
        Round.MeasureAsync(server, Load, Duration, cancellation);

    private void PrintRounds(string peer, string ours, List<(Round Peer, Round Ours)> rounds) => report.Table(
        ["round", $"{peer} µs/{Load.Unit}", $"{ours} µs/{Load.Unit}", "ratio", $"{peer} {Load.Unit}s/s", $"{ours} {Load.Unit}s/s"],
        rounds.Select((round, index) => (FormattableString[])
        [
            $"{index + 1}",
            $"{round.Peer.CpuMicrosecondsPerRequest:F2}",
            $"{round.Ours.CpuMicrosecondsPerRequest:F2}",
            $"{Ratio(round):F3}",
            $"{round.Peer.Load.RequestsPerSecond:F0}",
            $"{round.Ours.Load.RequestsPerSecond:F0}",
        ]));

    private void PrintSummary(string peer, string ours, List<(Round Peer, Round Ours)> rounds)
    {
        report.Table(
            ["server", $"CPU µs/{Load.Unit}, median", "least", "most", "spread", $"{Load.Unit}s/s", "p50 µs", "p99 µs", "errors"],
            [Summary(peer, [.. rounds.Select(round => round.Peer)]), Summary(ours, [.. rounds.Select(round => round.Ours)])]);
        var ratios = new Samples(rounds.Select(Ratio));
        report.Line($"{ours} / {peer}, CPU per {Load.Unit}, median of the rounds' ratios: **{ratios.Median:F3}** ({ratios.Least:F3} to ",
            $"{ratios.Most:F3})");
    }

    private static FormattableString[] Summary(string name, Round[] rounds)
    {
        var cpu = new Samples(rounds.Select(round => round.CpuMicrosecondsPerRequest));
        double Median(Func<LoadResult, double> quantity) => new Samples(rounds.Select(round => quantity(round.Load))).Median;
        return
        [
            $"{name}", $"{cpu.Median:F2}", $"{cpu.Least:F2}", $"{cpu.Most:F2}", $"{cpu.Spread:P0}",
            $"{Median(load => load.RequestsPerSecond):F0}",
            $"{Median(load => load.Median.TotalMicroseconds):F0}",
            $"{Median(load => load.P99.TotalMicroseconds):F0}",
            $"{rounds.Sum(round => round.Load.Errors)}",
        ];
    }

    private static double Ratio((Round Peer, Round Ours) round) =>
        round.Ours.CpuMicrosecondsPerRequest / round.Peer.CpuMicrosecondsPerRequest;
}
