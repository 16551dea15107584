using System.CommandLine;

namespace AsyncServer.Load;

/// <summary>The verb <c>c1m</c>: a million connections on worker processes.</summary>
internal static class C1MCommand
{
    private static readonly Option<int> Connections = ExperimentOptions.Number("--connections", 1_000_000, "Connections to open.");
    private static readonly Option<int> Workers = ExperimentOptions.Number("--workers", 60,
        "Worker processes of the server; 0 for one process without workers.", least: 0);
    private static readonly Option<int> Clients = ExperimentOptions.Number("--clients", 80, "Client processes.");
    private static readonly Option<int> LevelSeconds = ExperimentOptions.Number("--level-seconds", 600, "The most that it may take.");
    private static readonly Option<DirectoryInfo> Report = ExperimentOptions.Report("c1m");

    /// <summary>How the program calls itself in the network that it has made.</summary>
    public const string InsideName = "--inside";

    private static readonly Option<bool> Inside = new(InsideName) { Hidden = true };

    public static Command Create()
    {
        var command = new Command("c1m",
            "Opens a million connections to a server with worker processes, in a network namespace of its own where it may make one, "
            + "and writes a report.")
        {
            Connections, Workers, Clients, LevelSeconds, ExperimentOptions.Active, ExperimentOptions.Rate, Report, Inside,
        };
        command.SetAction((options, cancellation) => ExperimentOptions.RunAsync(() => RunAsync(options, cancellation), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult options, CancellationToken cancellation)
    {
        if (options.GetValue(Inside))
            return await RunInsideAsync(options, cancellation);
        if (NetworkNamespace.TryFind(out string reason) is { } network)
            return await network.RunAsync([.. options.Tokens.Select(token => token.Value), InsideName], cancellation);
        string remark = $"without a network namespace of its own ({reason})";
        Console.WriteLine(remark);
        return await MeasureAsync(options, isTracked: true, [remark], cancellation);
    }

    private static async Task<int> RunInsideAsync(ParseResult options, CancellationToken cancellation)
    {
        // The input ends when who has started this ends, however it does.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var input = Console.OpenStandardInput();
        _ = Task.Run(async () =>
        {
            await input.CopyToAsync(Stream.Null, CancellationToken.None);
            await ending.CancelAsync();
        }, CancellationToken.None);
        return await MeasureAsync(options, isTracked: false, [], ending.Token);
    }

    private static async Task<int> MeasureAsync(ParseResult options, bool isTracked, string[] remarks, CancellationToken cancellation)
    {
        int wanted = options.GetValue(Connections);
        int workers = options.GetValue(Workers);
        int clients = options.GetValue(Clients);
        var (most, limit) = Capacity.Now(workers, clients, isTracked).Most;
        int connections = (int)Math.Clamp(most, 1, wanted);
        if (connections < wanted)
            remarks = [.. remarks, $"{connections:N0} instead of {wanted:N0} connections: there are only {limit}"];
        foreach (string remark in remarks)
            Console.WriteLine(remark);
        var experiment = ExperimentOptions.Make(options, Report,
            title: $"{connections:N0} connections on one machine",
            lead: $"One server with {(workers == 0 ? "one process" : $"{workers} worker processes")} holds {connections:N0} keep-alive "
                + $"connections from {clients} client processes, all on one machine. "
                + "Each connection is answered once when it is opened and once more when all are open.",
            remarks);
        var report = await experiment.RunAsync([new LevelPlan
        {
            Model = ServerModel.Workers(workers),
            Connections = connections,
            Duration = TimeSpan.FromSeconds(options.GetValue(LevelSeconds)),
            Clients = clients,
            Active = Math.Min(connections, options.GetValue(ExperimentOptions.Active)),
            Rate = options.GetValue(ExperimentOptions.Rate),
        }], cancellation);
        return report.Levels.All(level => level.HeldAll && level.LaterErrors == 0) ? 0 : 1;
    }
}
