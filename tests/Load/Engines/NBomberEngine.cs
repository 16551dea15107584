#if FULL_NUGET
using System.Runtime.ExceptionServices;
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
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private Exception? _unexpected;

    public async Task<IReadOnlyList<LoadResult>> RunAsync(IReadOnlyList<Traffic> kinds, CancellationToken cancellation)
    {
        var tallies = kinds.Select(_ => new Tally()).ToArray();
        var scenarios = kinds.Select((traffic, index) => Create(traffic, tallies[index], cancellation)).ToArray();
        var runner = NBomberRunner.RegisterScenarios(scenarios).WithTestSuite("AsyncServer").WithTestName(kinds[0].Name);
        runner = reportFolder is null
            ? runner.WithoutReports()
            : runner.WithReportFolder(Path.Combine(reportFolder, "nbomber"))
                .WithReportFileName(kinds[0].Name.Replace(", ", "-", StringComparison.Ordinal))
                .WithReportFormats(ReportFormat.Html, ReportFormat.Csv, ReportFormat.Md);
        // It blocks its thread until the end, and the clients need theirs.
        var stats = await Task.Run(() => runner.Run(), CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        if (_unexpected is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return [.. kinds.Select((traffic, index) =>
            Result(traffic, tallies[index], stats.ScenarioStats.Single(scenario => scenario.ScenarioName == traffic.Name)))];
    }

    private ScenarioProps Create(Traffic traffic, Tally tally, CancellationToken cancellation) =>
        NBomber.CSharp.Scenario.Create(traffic.Name, context => AskAsync(traffic, tally, context, cancellation))
            .WithoutWarmUp()
            .WithMaxFailCount(int.MaxValue)
            .WithLoadSimulations([.. traffic.Simulations.Select(Translate)]);

    private async Task<IResponse> AskAsync(Traffic traffic, Tally tally, IScenarioContext context, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            context.StopCurrentTest("interrupted");
            return Response.Fail(message: "interrupted");
        }
        try
        {
            long bytes = await hub.InvokeAsync(traffic.Once);
            tally.CountAnswer();
            return Response.Ok(sizeBytes: bytes);
        }
        catch (Exception failure) when (Traffic.IsFailedAnswer(failure))
        {
            tally.CountErrors(failure.Message);
            // A server that refuses at once is not asked in a tight loop.
            await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
            return Response.Fail(message: failure.Message);
        }
        catch (Exception failure)
        {
            // NBomber would count it as one more failed request; that is a bug of the engine.
            Interlocked.CompareExchange(ref _unexpected, failure, null);
            context.StopCurrentTest(failure.Message);
            throw;
        }
    }

    // NBomber takes whole requests an interval, no simulation under a second and no interval longer than its simulation: a fraction of one
    // a second becomes one in a longer interval.
    private static NBomber.Contracts.LoadSimulation Translate(LoadSimulation simulation)
    {
        var during = simulation.During < Second ? Second : simulation.During;
        return simulation switch
        {
            LoadSimulation.Inject { Rate: < 1 } inject when Second / inject.Rate < during =>
                Simulation.Inject(1, Second / inject.Rate, during),
            LoadSimulation.Inject { Rate: < 1 } => Simulation.Inject(1, during, during),
            LoadSimulation.Inject inject => Simulation.Inject((int)Math.Round(inject.Rate), Second, during),
            LoadSimulation.RampingInject ramp => Simulation.RampingInject(Math.Max(1, (int)Math.Round(ramp.Rate)), Second, during),
            LoadSimulation.KeepConstant constant => Simulation.KeepConstant(constant.Copies, during),
            _ => throw new ArgumentOutOfRangeException(nameof(simulation), simulation, "not a simulation of ours"),
        };
    }

    // NBomber's own start, its reports and the wait for the last answers are not part of the duration.
    private static LoadResult Result(Traffic traffic, Tally tally, ScenarioStats stats)
    {
        var latency = stats.Ok.Latency;
        static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
        return new LoadResult(traffic.Name, traffic.Shape, stats.Duration, tally, stats.Ok.DataTransfer.AllBytes,
            new LatencySummary(Milliseconds(latency.MeanMs), Milliseconds(latency.Percent50), Milliseconds(latency.Percent95),
                Milliseconds(latency.Percent99), Milliseconds(latency.MaxMs)),
            Seconds: []);
    }
}
#endif
