using System.Globalization;

namespace AsyncServer.Load;

/// <summary>Minutes of ordinary and hostile clients together: whatever the server does not give back shows as a slope.</summary>
internal static class Soak
{
    private const int Active = 200;
    private const int Dribblers = 50;
    private const int NonReaders = 20;
    private const double ResetsPerSecond = 10;
    private const double MostMegabytesPerMinute = 1;

    // One leak in a hundred resets would be six a minute.
    private const double MostDescriptorsPerMinute = 5;

    // Each idle connection asks once in this time, well below the 75 s after which the server would close it.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(50);

    // Heaps grow in steps, and a slope through fewer minutes is that of a step.
    private static readonly TimeSpan ShortestTrend = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMinutes(2);

    public static Scenario Scenario { get; } = new()
    {
        Name = "soak",
        What = $"{Active} active and many idle connections (--connections), {ResetsPerSecond}/s resets in answers, {Dribblers} heads "
            + $"without an end, {NonReaders} clients that never read",
        Threshold = $"no answer is lost; memory rises by less than {MostMegabytesPerMinute} MB a minute and descriptors by less than "
            + $"{MostDescriptorsPerMinute}, if it lasts "
            + $"{ShortestTrend.TotalMinutes} minutes after the warm-up; afterwards the server has no more descriptors than before",
        Connections = 10_000,
        Rate = 400,
        Duration = TimeSpan.FromMinutes(10),
        IsInAll = false,
        NeedsFolder = true,
        ServerOptions = ["--headers-timeout", "5", "--send-timeout", "5"],
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var server = run.Target.EndPoint;
        var large = await LargeFile.CreateAsync(run.Target, run.Cancellation);
        (await run.OpenClientsAsync(LoadClient.Request(server, LargeFile.Path), large, count: 1)).Dispose();
        byte[] request = LoadClient.Request(server, "/say_hello.py");
        (await run.OpenClientsAsync(request, SampleSite.SayHello, count: 1)).Dispose();
        int descriptors = run.Target.Process!.OwnDescriptorCount;
        IReadOnlyList<ServerSample> samples;
        using (var active = await run.OpenClientsAsync(request, SampleSite.SayHello, Active))
        using (var idle = new ClientPool(server, run.Connections))
        {
            await run.AskAllAsync("idle, first request", idle, request, SampleSite.SayHello);
            var hostile = new HostileClients(server, LargeFile.Path, run.Time);
            await using var sampler = new ServerSampler(run.Target.Process, run.Time);
            await run.MeasureAsync(
                new Traffic("active", () => active.AskAsync(request, SampleSite.SayHello),
                    new LoadSimulation.Inject(run.Rate, run.Duration)),
                new Traffic("idle", () => idle.AskAsync(request, SampleSite.SayHello),
                    new LoadSimulation.Inject(idle.Count / IdleInterval.TotalSeconds, run.Duration)),
                new Traffic("resets in answers", hostile.ResetAsync, new LoadSimulation.Inject(ResetsPerSecond, run.Duration)),
                new Traffic("heads without an end", hostile.DribbleHeadAsync, new LoadSimulation.KeepConstant(Dribblers, run.Duration)),
                new Traffic("never reading", hostile.NeverReadAsync, new LoadSimulation.KeepConstant(NonReaders, run.Duration)));
            samples = sampler.Samples;
        }
        await run.CheckDescriptorsAsync(descriptors);
        CheckTrends(run, samples);
    }

    private static void CheckTrends(ScenarioRun run, IReadOnlyList<ServerSample> samples)
    {
        var warmUp = TimeSpan.FromTicks(Math.Min(LongestWarmUp.Ticks, run.Duration.Ticks / 4));
        var measured = samples.Where(sample => sample.At >= warmUp && sample.At <= run.Duration).ToArray();
        double megabytes = Trend.PerMinute(measured.Select(sample => (sample.At, sample.ResidentBytes / 1e6)));
        double descriptors = Trend.PerMinute(measured.Select(sample => (sample.At, (double)sample.Descriptors)));
        bool isLong = run.Duration - warmUp >= ShortestTrend;
        string unjudged = isLong ? "" : $", not judged in less than {ShortestTrend.TotalMinutes} minutes";
        run.Check(string.Create(CultureInfo.InvariantCulture, $"memory: {megabytes:+0.00;-0.00} MB a minute{unjudged}"), !isLong
            || megabytes < MostMegabytesPerMinute);
        run.Check(string.Create(CultureInfo.InvariantCulture, $"descriptors: {descriptors:+0.00;-0.00} a minute{unjudged}"), !isLong
            || Math.Abs(descriptors) < MostDescriptorsPerMinute);
    }
}
