using System.Diagnostics;

namespace AsyncServer.Fuzz;

/// <summary>Makes cases and tries them until the time is over or one fails; then holds the server's state against that before.</summary>
internal sealed class FuzzRun(FuzzOptions options, ServerUnderTest server, IReadOnlyList<byte[]> corpus, TextWriter output)
{
    // The state that counts is that of a server which has done everything once.
    private const double WarmUp = 0.2;
    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(15);

    private readonly CaseMaker _maker = new(options.Seed, corpus);
    private readonly Prober _prober = new(server);
    private readonly Lock _lock = new();
    private int _next = options.First - 1;
    private (int Number, string Mistake)? _failure;

    /// <returns>Whether everything held.</returns>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine($"seed {options.Seed}, {options.Seconds} s, server at {server.EndPoint}");
        var before = await RunPhaseAsync(options.Seconds * WarmUp, null, cancellation);
        var after = await RunPhaseAsync(options.Seconds * (1 - WarmUp), before, cancellation);
        if (_failure is { } failure)
        {
            await ReportAsync(failure.Number, failure.Mistake, cancellation);
            return false;
        }
        output.WriteLine($"{_next + 1 - options.First} cases; the server: {before}; at the end: {after}");
        string? mistake = before is null || after is null ? null : after.GrowthSince(before);
        mistake ??= await server.StopAsync() ?? ServerLog.FindMistake(server.Log);
        if (mistake is not null)
            output.WriteLine(mistake);
        return mistake is null;
    }

    private async Task<ServerFacts?> RunPhaseAsync(double seconds, ServerFacts? before, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        bool IsOver() => _failure is not null || Stopwatch.GetElapsedTime(begun).TotalSeconds >= seconds;
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => Task.Run(async () =>
        {
            while (!IsOver())
                await TryNextAsync(cancellation);
        }, cancellation)));
        return _failure is not null || !server.IsOurs ? null : await RestAsync(before);
    }

    private async Task TryNextAsync(CancellationToken cancellation)
    {
        int number = Interlocked.Increment(ref _next);
        if (await _prober.TryAsync(_maker.Make(number), cancellation) is not { } mistake)
            return;
        lock (_lock)
            _failure ??= (number, mistake);
    }

    // Connections that were reset end on the server's side when it comes to it.
    private async Task<ServerFacts> RestAsync(ServerFacts? before)
    {
        long begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var facts = server.Facts;
        for (int calm = 0; calm < 5 && Stopwatch.GetElapsedTime(begun) < RestTimeout; await timer.WaitForNextTickAsync())
        {
            var last = facts;
            facts = server.Facts;
            calm = facts.Descriptors == last.Descriptors && (before is null || facts.IsAtRestAgain(before)) ? calm + 1 : 0;
        }
        return facts;
    }

    private async Task ReportAsync(int number, string mistake, CancellationToken cancellation)
    {
        output.WriteLine($"FAILED: seed {options.Seed}, case {number}: {mistake}");
        var failed = _maker.Make(number);
        bool fails = !server.HasDied && await _prober.TryAsync(failed, cancellation) is not null;
        var smallest = fails ? await new Minimizer(smaller => _prober.TryAsync(smaller, cancellation)).MinimizeAsync(failed) : failed;
        Directory.CreateDirectory(options.Output);
        string file = Path.Combine(options.Output, $"seed-{options.Seed}-case-{number}{FuzzCase.FileExtension}");
        await File.WriteAllTextAsync(file, smallest.Format($"Seed {options.Seed}, case {number}: {mistake}"), cancellation);
        output.WriteLine(fails ? $"it fails again; the smallest form that does is in {file}"
            : $"it does not fail by itself; it is in {file}");
        if (ServerLog.FindMistake(server.Log) is { } logged)
            output.WriteLine(logged);
    }
}
