#if FULL_NUGET
using AsyncServer.Runtime;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace AsyncServer.Load;

/// <summary>The same kinds of traffic on NBomber, with its reports. It needs the build property FullNuGet.</summary>
/// <param name="hub">Where the clients are.</param>
/// <param name="time">The clock.</param>
/// <param name="reportFolder">Where NBomber's reports go; null for none.</param>
internal sealed class NBomberEngine(Hub hub, TimeProvider time, string? reportFolder) : ILoadEngine
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<LoadResult>> RunAsync(IReadOnlyList<Traffic> kinds, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        var tallies = kinds.Select(_ => new Tally()).ToArray();
        var scenarios = kinds.Select((traffic, index) => Create(traffic, tallies[index], cancellation)).ToArray();
        var runner = NBomberRunner.RegisterScenarios(scenarios).WithTestSuite("AsyncServer").WithTestName(kinds[0].Name);
        runner = reportFolder is null
            ? runner.WithoutReports()
            : runner.WithReportFolder(Path.Combine(reportFolder, "nbomber")).WithReportFileName(kinds[0].Name.Replace(", ", "-", StringComparison.Ordinal)).WithReportFormats(ReportFormat.Html, ReportFormat.Csv, ReportFormat.Md);
        // It blocks its thread until the end, and the clients need theirs.
        var stats = await Task.Run(() => runner.Run(), CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return [.. kinds.Select((traffic, index) => Result(traffic, tallies[index], stats.ScenarioStats.Single(scenario => scenario.ScenarioName == traffic.Name), time.GetElapsedTime(started)))];
    }

    private ScenarioProps Create(Traffic traffic, Tally tally, CancellationToken cancellation) =>
        NBomber.CSharp.Scenario.Create(traffic.Name, _ => AskAsync(traffic, tally, cancellation))
            .WithoutWarmUp()
            .WithMaxFailCount(int.MaxValue)
            .WithLoadSimulations([.. traffic.Simulations.Select(Translate)]);

    private async Task<IResponse> AskAsync(Traffic traffic, Tally tally, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Response.Fail(message: "interrupted");
        try
        {
            long bytes = await hub.InvokeAsync(traffic.Once);
            tally.CountAnswer();
            return Response.Ok(sizeBytes: bytes);
        }
        catch (Exception failure) when (Traffic.IsFailedAnswer(failure))
        {
            tally.CountErrors(failure.Message);
            return Response.Fail(message: failure.Message);
        }
    }

    // NBomber takes whole requests an interval: a fraction of one a second becomes one in a longer interval.
    private static NBomber.Contracts.LoadSimulation Translate(LoadSimulation simulation) => simulation switch
    {
        LoadSimulation.Inject { Rate: < 1 } inject => Simulation.Inject(1, Second / inject.Rate, inject.During),
        LoadSimulation.Inject inject => Simulation.Inject((int)Math.Round(inject.Rate), Second, inject.During),
        LoadSimulation.RampingInject ramp => Simulation.RampingInject(Math.Max(1, (int)Math.Round(ramp.Rate)), Second, ramp.During),
        LoadSimulation.KeepConstant constant => Simulation.KeepConstant(constant.Copies, constant.During),
        _ => throw new ArgumentOutOfRangeException(nameof(simulation), simulation, "not a simulation of ours"),
    };

    private static LoadResult Result(Traffic traffic, Tally tally, ScenarioStats stats, TimeSpan elapsed)
    {
        var latency = stats.Ok.Latency;
        static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
        return new LoadResult(traffic.Name, traffic.Shape, elapsed, tally, stats.Ok.DataTransfer.AllBytes,
            new LatencySummary(Milliseconds(latency.MeanMs), Milliseconds(latency.Percent50), Milliseconds(latency.Percent95), Milliseconds(latency.Percent99), Milliseconds(latency.MaxMs)),
            Seconds: []);
    }
}
#endif
