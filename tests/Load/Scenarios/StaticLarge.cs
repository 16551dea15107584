namespace AsyncServer.Load;

/// <summary>A file that is sent by the system, in many pieces.</summary>
internal static class StaticLarge
{
    public static Scenario Scenario { get; } = new()
    {
        Name = "static-large",
        What = $"a file of {LargeFile.Size / 1024 / 1024} MB",
        Threshold = RateLoad.Threshold,
        Connections = 8,
        Rate = 10,
        NeedsFolder = true,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var file = await LargeFile.CreateAsync(run.Target, run.Cancellation);
        byte[] request = LoadClient.Request(run.Target.EndPoint, LargeFile.Path);
        using var clients = await run.OpenClientsAsync(request, file);
        await RateLoad.RunAsync(run, "static-large", () => clients.AskAsync(request, file));
    }
}
