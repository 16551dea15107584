namespace AsyncServer.Load;

/// <summary>A connection for each request.</summary>
internal static class ConnectionChurn
{
    private const string Path = "/say_hello.py";

    public static Scenario Scenario { get; } = new()
    {
        Name = "connection-churn",
        What = $"connect, ask {Path}, have the server close, again and again",
        Threshold = $"{RateLoad.Threshold}; afterwards the server has no more descriptors than before",
        Rate = 300,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var server = run.Target.EndPoint;
        byte[] request = LoadClient.Request(server, Path, headers: "Connection: close\r\n");
        var answer = SampleSite.SayHello with { Closes = true };
        (await run.OpenClientsAsync(request, answer, count: 10)).Dispose();
        int descriptors = run.Target.Process?.OwnDescriptorCount ?? 0;
        await RateLoad.RunAsync(run, "connection-churn", async () =>
        {
            using var client = new LoadClient(server);
            return await client.AskAsync(request, answer);
        });
        if (run.Target.Process is not null)
            await run.CheckDescriptorsAsync(descriptors);
    }
}
