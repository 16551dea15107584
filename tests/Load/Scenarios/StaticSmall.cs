namespace AsyncServer.Load;

/// <summary>A file that is kept in memory.</summary>
internal static class StaticSmall
{
    private const string Path = "/style.css";

    public static Scenario Scenario { get; } = new()
    {
        Name = "static-small",
        What = $"the file {Path}",
        Threshold = RateLoad.Threshold,
        Connections = 64,
        Rate = 1000,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        byte[] request = LoadClient.Request(run.Target.EndPoint, Path);
        using var clients = await run.OpenClientsAsync(request, SampleSite.Style);
        await RateLoad.RunAsync(run, "static-small", () => clients.AskAsync(request, SampleSite.Style));
    }
}
