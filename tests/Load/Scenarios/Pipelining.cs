namespace AsyncServer.Load;

/// <summary>Many requests in one send, whose answers have to come in their order.</summary>
internal static class Pipelining
{
    private const int Depth = 32;

    public static Scenario Scenario { get; } = new()
    {
        Name = "pipelining",
        What = $"{Depth} requests in one send, for four different answers in turn",
        Threshold = RateLoad.Threshold,
        Connections = 16,
        Rate = 40,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var server = run.Target.EndPoint;
        (byte[] Request, Expected Answer)[] turns =
        [
            (LoadClient.Request(server, "/style.css"), SampleSite.Style),
            (LoadClient.Request(server, "/say_hello.py"), SampleSite.SayHello),
            (LoadClient.Request(server, "/no-such-file"), SampleSite.Missing),
            (LoadClient.Request(server, "/hello.py", "HEAD"), SampleSite.Hello with { IsHead = true }),
        ];
        var burst = Enumerable.Range(0, Depth).Select(index => turns[index % turns.Length]).ToArray();
        byte[] requests = [.. burst.SelectMany(turn => turn.Request)];
        Expected[] answers = [.. burst.Select(turn => turn.Answer)];
        using var clients = await run.OpenClientsAsync(turns[0].Request, turns[0].Answer);
        await RateLoad.RunAsync(run, "pipelining", () => clients.AskAsync(requests, answers));
    }
}
