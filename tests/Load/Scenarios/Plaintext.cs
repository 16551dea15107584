namespace AsyncServer.Load;

/// <summary>The smallest answer of an app.</summary>
internal static class Plaintext
{
    private const string Path = "/hello.py";

    public static Scenario Scenario { get; } = new()
    {
        Name = "plaintext",
        What = $"one line of text from {Path}",
        Threshold = RateLoad.Threshold,
        Connections = 64,
        Rate = 1000,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        byte[] request = LoadClient.Request(run.Target.EndPoint, Path);
        using var clients = await run.OpenClientsAsync(request, SampleSite.Hello);
        await RateLoad.RunAsync(run, "plaintext", () => clients.AskAsync(request, SampleSite.Hello));
    }
}
