namespace AsyncServer.Load;

/// <summary>Apps in the shape of WSGI: text, a picture, and a body that comes back.</summary>
internal static class WsgiApp
{
    private const string Echoed = "name=value&other=%E4%BD%A0%E5%A5%BD";

    public static Scenario Scenario { get; } = new()
    {
        Name = "wsgi-app",
        What = "text, a picture and an echo from three script modules in turn",
        Threshold = RateLoad.Threshold,
        Connections = 64,
        Rate = 600,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var server = run.Target.EndPoint;
        byte[] text = LoadClient.Request(server, "/say_hello.py");
        (byte[] Request, Expected Answer)[] turns =
        [
            (text, SampleSite.SayHello),
            (LoadClient.Request(server, "/show_pic.py"), SampleSite.Picture),
            Upload.Fixed(server, System.Text.Encoding.ASCII.GetBytes(Echoed)),
        ];
        using var clients = await run.OpenClientsAsync(text, SampleSite.SayHello);
        int turn = 0;
        await RateLoad.RunAsync(run, "wsgi-app", () =>
        {
            var (request, answer) = turns[turn++ % turns.Length];
            return clients.AskAsync(request, answer);
        });
    }
}
