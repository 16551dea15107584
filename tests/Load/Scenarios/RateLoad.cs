namespace AsyncServer.Load;

/// <summary>
/// The course of most scenarios: a tenth of the rate for a baseline, then up to the whole rate, which has to be answered about as fast.
/// </summary>
internal static class RateLoad
{
    private const double Factor = 3;
    private const double BaselinePart = 0.1;

    public static string Threshold { get; } = $"every byte is right, and p99 is {LatencyRule.Text(Factor)}, which is a tenth of the rate";

    public static Task RunAsync(ScenarioRun run, string name, Func<Task<long>> once)
    {
        var third = run.Duration / 3;
        return run.CheckLatencyAsync(Factor, async () =>
        {
            var quiet = await run.MeasureAsync(
                new Traffic($"{name}, baseline", once, new LoadSimulation.Inject(run.Rate * BaselinePart, third)));
            var loaded = await run.MeasureAsync(
                new Traffic(name, once, new LoadSimulation.RampingInject(run.Rate, third / 2),
                    new LoadSimulation.Inject(run.Rate, third * 1.5)));
            return (loaded, [quiet]);
        });
    }
}
