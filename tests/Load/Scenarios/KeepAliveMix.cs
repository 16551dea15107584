using System.Text;

namespace AsyncServer.Load;

/// <summary>
/// What a browser's connection carries: files, parts of files, answers without a body, errors, apps, and now and then its end.
/// </summary>
internal static class KeepAliveMix
{
    private const int RangeLength = 100;

    public static Scenario Scenario { get; } = new()
    {
        Name = "keep-alive-mix",
        What = "GET, HEAD, ranges, 304, 404, apps, POST and Connection: close, one after the other on connections that stay",
        Threshold = RateLoad.Threshold,
        Connections = 64,
        Rate = 800,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var server = run.Target.EndPoint;
        byte[] first = LoadClient.Request(server, "/style.css");
        (byte[] Request, Expected Answer)[] turns =
        [
            (first, SampleSite.Style),
            (LoadClient.Request(server, "/style.css", "HEAD"), SampleSite.Style with { IsHead = true }),
            (LoadClient.Request(server, "/style.css", headers: $"Range: bytes=0-{RangeLength - 1}\r\n"),
                new Expected(206, SampleSite.Style.Body!.Value[..RangeLength])),
            (LoadClient.Request(server, "/style.css", headers: "If-None-Match: *\r\n"), new Expected(304, null)),
            (LoadClient.Request(server, "/no-such-file"), SampleSite.Missing),
            (LoadClient.Request(server, "/say_hello.py"), SampleSite.SayHello),
            Upload.Fixed(server, Encoding.ASCII.GetBytes("body")),
            (LoadClient.Request(server, "/show_pic.py"), SampleSite.Picture),
            (LoadClient.Request(server, "/hello.py", headers: "Connection: close\r\n"), SampleSite.Hello with { Closes = true }),
        ];
        using var clients = await run.OpenClientsAsync(first, SampleSite.Style);
        int turn = 0;
        await RateLoad.RunAsync(run, "keep-alive-mix", () =>
        {
            var (request, answer) = turns[turn++ % turns.Length];
            return clients.AskAsync(request, answer);
        });
    }
}
