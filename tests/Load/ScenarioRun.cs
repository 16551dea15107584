using System.Globalization;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>One run of a scenario: what it works with, and what it has found.</summary>
internal sealed class ScenarioRun(Scenario scenario, RunOptions options, Target target, ILoadEngine engine, TimeProvider time,
    TextWriter output, CancellationToken cancellation)
{
    private const int WarmUpRounds = 3;

    private readonly List<LoadResult> _results = [];
    private readonly List<Check> _checks = [];

    public Target Target => target;

    public TimeProvider Time => time;

    public CancellationToken Cancellation => cancellation;

    public int Connections => options.Connections ?? scenario.Connections;

    public double Rate => options.Rate ?? scenario.Rate;

    public TimeSpan Duration => options.Duration ?? scenario.Duration;

    /// <summary>What the kinds of traffic have brought, in their order.</summary>
    public IReadOnlyList<LoadResult> Results => _results;

    /// <summary>What was asked of the results, and whether it holds.</summary>
    public IReadOnlyList<Check> Checks => _checks;

    public bool Passed => _checks.Count > 0 && _checks.All(check => check.Holds);

    /// <summary>
    /// Connects as many clients as the run has connections, and has each ask a few times, so that code is compiled and files are known.
    /// </summary>
    public async Task<ClientPool> OpenClientsAsync(ReadOnlyMemory<byte> request, Expected answer, int? count = null)
    {
        var pool = new ClientPool(target.EndPoint, count ?? Connections);
        await AskAllAsync("warm-up", pool, request, answer, WarmUpRounds);
        return pool;
    }

    /// <summary>Has each client ask, connecting first where it must; every one has to be answered rightly.</summary>
    public async Task AskAllAsync(string name, ClientPool clients, ReadOnlyMemory<byte> request, Expected answer, int rounds = 1)
    {
        var tally = new Tally();
        for (int round = 0; round < rounds; round++)
            await clients.AskAllAsync(request, answer, tally, cancellation);
        CheckRight(name, tally, rounds * clients.Count);
    }

    /// <summary>Runs one kind of traffic; every request has to be answered rightly.</summary>
    public async Task<LoadResult> MeasureAsync(Traffic traffic) => (await MeasureAsync([traffic]))[0];

    /// <summary>Runs kinds of traffic side by side; every request has to be answered rightly.</summary>
    public async Task<IReadOnlyList<LoadResult>> MeasureAsync(params Traffic[] kinds)
    {
        var results = await engine.RunAsync(kinds, cancellation);
        foreach (var result in results)
        {
            _results.Add(result);
            output.WriteLine($"  {Line(result)}");
            var check = Right(result.Name, result.Tally, answers: null);
            _checks.Add(check);
            if (!check.Holds)
                output.WriteLine($"  FAILED  {check.What}");
        }
        return results;
    }

    /// <summary>Demands answers without an error: so many, or at least one.</summary>
    public void CheckRight(string name, Tally tally, long? answers = null)
    {
        var check = Right(name, tally, answers);
        Check(check.What, check.Holds);
    }

    /// <summary>
    /// Demands that the slowest hundredth is not much slower than that of the slowest baseline. A round that shows otherwise is measured
    /// again, up to three times: a busy neighbour on the machine spoils a round, a slow server spoils all. Lost and wrong answers are not
    /// forgiven in any.
    /// </summary>
    public async Task CheckLatencyAsync(double factor, Func<Task<(LoadResult Measured, LoadResult[] Baselines)>> measure)
    {
        for (int round = 1; ; round++)
        {
            var (measured, baselines) = await measure();
            var baseline = baselines.Max(result => result.Latency.P99);
            var bound = LatencyRule.Bound(factor, baseline);
            bool holds = measured.Latency.P99 <= bound;
            string what = string.Create(CultureInfo.InvariantCulture,
                $"{measured.Name}: p99 {measured.Latency.P99.TotalMilliseconds:0.00} ms, bound {bound.TotalMilliseconds:0.00} ms "
                + $"({factor:0.#} x {baseline.TotalMilliseconds:0.00} ms + {LatencyRule.Allowance.TotalMilliseconds:0} ms)");
            if (holds || round == LatencyRule.MostRounds)
            {
                Check(what, holds);
                return;
            }
            output.WriteLine($"  round {round} of {LatencyRule.MostRounds}: {what}: once more");
        }
    }

    /// <summary>Demands that the server's descriptors come back to what they were: each client that has gone is forgotten.</summary>
    public async Task CheckDescriptorsAsync(int before)
    {
        var patience = TimeSpan.FromSeconds(10);
        long started = time.GetTimestamp();
        int now;
        while ((now = target.Process!.OwnDescriptorCount) > before && time.GetElapsedTime(started) < patience)
            await Coroutine.Sleep(TimeSpan.FromMilliseconds(50), cancellation);
        Check($"descriptors: {before} before, {now} after", now <= before);
    }

    public void Check(string what, bool holds)
    {
        _checks.Add(new Check(what, holds));
        output.WriteLine(holds ? $"  {what}" : $"  FAILED  {what}");
    }

    private static Check Right(string name, Tally tally, long? answers)
    {
        bool enough = answers is null ? tally.Answers > 0 : tally.Answers == answers;
        string errors = string.Concat(tally.ErrorKinds.Select(kind => $"; {kind.Count} x {kind.What}"));
        return new Check($"{name}: {tally.Answers} right answers, {tally.Errors} errors{errors}", tally.Errors == 0 && enough);
    }

    private static string Line(LoadResult result)
    {
        double rate = result.Tally.Answers / Math.Max(result.Duration.TotalSeconds, 1e-3);
        return string.Create(CultureInfo.InvariantCulture,
            $"{result.Name} ({result.Shape}): {result.Tally.Answers} right answers, {rate:0}/s, {result.Tally.Errors} errors; p50 "
                + $"{result.Latency.P50.TotalMilliseconds:0.00} ms, p99 {result.Latency.P99.TotalMilliseconds:0.00} ms, max "
                + $"{result.Latency.Max.TotalMilliseconds:0.00} ms");
    }
}
