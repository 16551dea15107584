using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>Fast clients beside slow ones, which are honest: each of them gets its answer, however long it takes over it.</summary>
internal static class SlowClients
{
    private const double Factor = 2;
    private const int Fast = 64;
    private const int Pieces = 20;
    private const int SlowBodySize = 2000;
    private const int PicturesInARow = 100; // 2 MB: more than a server may keep for a client that does not read
    private static readonly TimeSpan SendPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(100);

    public static Scenario Scenario { get; } = new()
    {
        Name = "slow-clients",
        What = $"{Fast} fast clients, alone and beside slow ones (--connections), of whom a third each dribbles heads, dribbles bodies "
            + "and reads slowly",
        Threshold = $"the p99 of the fast is {LatencyRule.Text(Factor)}, which is without the slow before and after, whichever is "
            + "slower; the slow get every byte too",
        Connections = 300,
        Rate = 300,
        Duration = TimeSpan.FromSeconds(15),
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var server = run.Target.EndPoint;
        byte[] request = LoadClient.Request(server, "/say_hello.py");
        using var fast = await run.OpenClientsAsync(request, SampleSite.SayHello, Fast);
        Traffic Asking(string name) =>
            new(name, () => fast.AskAsync(request, SampleSite.SayHello), new LoadSimulation.Inject(run.Rate, run.Duration / 3));

        int copies = Math.Max(1, run.Connections / 3);
        using var headClients = new ClientPool(server, copies);
        using var bodyClients = new ClientPool(server, copies);
        using var readClients = new ClientPool(server, copies);
        var (upload, uploaded) = Upload.Fixed(server, new byte[SlowBodySize]);
        byte[] pictures = [.. Enumerable.Repeat(LoadClient.Request(server, "/show_pic.py"), PicturesInARow).SelectMany(picture => picture)];
        Expected[] shown = [.. Enumerable.Repeat(SampleSite.Picture, PicturesInARow)];
        var constant = new LoadSimulation.KeepConstant(copies, run.Duration / 3);

        await run.CheckLatencyAsync(Factor, async () =>
        {
            var before = await run.MeasureAsync(Asking("fast, before"));
            var together = await run.MeasureAsync(
                Asking("fast, beside slow"),
                new Traffic("slow heads", () => headClients.UseAsync(client => client.ExchangeAsync(Dribble(request), SampleSite.SayHello)),
                    constant),
                new Traffic("slow bodies", () => bodyClients.UseAsync(client => client.ExchangeAsync(Dribble(upload), uploaded)), constant),
                new Traffic("slow readers", () => readClients.UseAsync(client => client.AskAsync(pictures, ReadPause, shown)), constant));
            var after = await run.MeasureAsync(Asking("fast, after"));
            return (together[0], [before, after]);
        });
    }

    private static Func<Connection, ValueTask> Dribble(byte[] request) => async connection =>
    {
        foreach (byte[] piece in request.Chunk((request.Length + Pieces - 1) / Pieces))
        {
            await connection.SendAsync(piece);
            await Coroutine.Sleep(SendPause);
        }
    };
}
