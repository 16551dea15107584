using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>Few who ask beside many who are only connected.</summary>
internal static class IdleAndActive
{
    private const double Factor = 2;
    private const int Active = 200;
    private const int ReservedDescriptors = 200; // for the runtime itself
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static Scenario Scenario { get; } = new()
    {
        Name = "idle-and-active",
        What = $"{Active} active connections, alone and beside many idle ones (--connections)",
        Threshold = $"the p99 of the active is {LatencyRule.Text(Factor)}, which is without the idle before and after, whichever is "
            + "slower; every idle one is answered afterwards",
        Connections = 10_000,
        Rate = 500,
        Duration = TimeSpan.FromSeconds(15),
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        long needed = run.Connections + Active + ReservedDescriptors;
        if (ProcessFacts.DescriptorLimit(Environment.ProcessId) is var limit && limit < needed)
            throw new SetupException(
                $"idle-and-active opens {run.Connections} connections, but this process may have {limit} descriptors: ulimit -n "
                + $"{needed}, or --connections");
        byte[] request = LoadClient.Request(run.Target.EndPoint, "/say_hello.py");
        using var active = await run.OpenClientsAsync(request, SampleSite.SayHello, Active);
        Traffic Asking(string name) =>
            new(name, () => active.AskAsync(request, SampleSite.SayHello), new LoadSimulation.Inject(run.Rate, run.Duration / 3));

        await run.CheckLatencyAsync(Factor, async () =>
        {
            var before = await run.MeasureAsync(Asking("without idle, before"));
            var beside = await BesideIdleAsync(run, request, Asking("beside idle"));
            await Coroutine.Sleep(Settling, run.Cancellation);
            var after = await run.MeasureAsync(Asking("without idle, after"));
            return (beside, [before, after]);
        });
    }

    private static async Task<LoadResult> BesideIdleAsync(ScenarioRun run, byte[] request, Traffic asking)
    {
        using var idle = new ClientPool(run.Target.EndPoint, run.Connections);
        await run.AskAllAsync("idle, first request", idle, request, SampleSite.SayHello);
        await Coroutine.Sleep(Settling, run.Cancellation);
        var beside = await run.MeasureAsync(asking);
        await run.AskAllAsync("idle, request after", idle, request, SampleSite.SayHello);
        return beside;
    }
}
