using System.Globalization;

namespace AsyncServer.Load;

/// <summary>Runs scenarios one after the other, each on a server of its own unless one runs already, and says what came of them.</summary>
internal sealed class ScenarioRunner(RunOptions options, ILoadEngine engine, TimeProvider time, TextWriter output,
    CancellationToken cancellation)
{
    /// <summary>On the clients' hub.</summary>
    public async Task<IReadOnlyList<ScenarioOutcome>> RunAsync(IReadOnlyList<Scenario> scenarios)
    {
        var outcomes = new List<ScenarioOutcome>();
        foreach (var scenario in scenarios)
        {
            output.WriteLine($"{scenario.Name}: {scenario.What}");
            long started = time.GetTimestamp();
            var outcome = await RunAsync(scenario);
            outcomes.Add(outcome);
            string reason = outcome.Reason ?? string.Create(CultureInfo.InvariantCulture,
                $"{time.GetElapsedTime(started).TotalSeconds:0.0} s; {scenario.Threshold}");
            output.WriteLine($"  {Text(outcome.Status)}: {reason}");
        }
        return outcomes;
    }

    /// <returns>0 when all that ran have passed, 1 when one failed, 2 when one could not run or none ran.</returns>
    public static int ExitCode(IReadOnlyList<ScenarioOutcome> outcomes) =>
        outcomes.Any(outcome => outcome.Status == ScenarioStatus.Failed) ? 1
        : outcomes.Any(outcome => outcome.Status == ScenarioStatus.CouldNotRun)
            || outcomes.All(outcome => outcome.Status == ScenarioStatus.Skipped) ? 2
        : 0;

    /// <summary>A status as a person reads it.</summary>
    public static string Text(ScenarioStatus status) => status switch
    {
        ScenarioStatus.Passed => "passed",
        ScenarioStatus.Failed => "FAILED",
        ScenarioStatus.Skipped => "skipped",
        _ => "COULD NOT RUN",
    };

    private async Task<ScenarioOutcome> RunAsync(Scenario scenario)
    {
        if (scenario.NeedsFolder && !options.Server.IsOurs)
            return new ScenarioOutcome(scenario,
                ScenarioStatus.Skipped)
            {
                Reason =
                "it needs files of its own below the document root: run it without --target and --server"
            };
        try
        {
            await using var target = await Target.OpenAsync(options.Server, scenario, cancellation);
            var run = new ScenarioRun(scenario, options, target, engine, time, output, cancellation);
            await using var sampler = new ServerSampler(target.Process, time);
            await scenario.Run(run);
            if (target.Process is { HasExited: true })
                run.Check("the server ended by itself", holds: false);
            return new ScenarioOutcome(scenario, run.Passed ? ScenarioStatus.Passed : ScenarioStatus.Failed)
            {
                Results = run.Results,
                Checks = run.Checks,
                Samples = sampler.Samples,
            };
        }
        catch (SetupException failure)
        {
            return new ScenarioOutcome(scenario, ScenarioStatus.CouldNotRun) { Reason = failure.Message };
        }
    }
}
