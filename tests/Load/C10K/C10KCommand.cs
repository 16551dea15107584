using System.CommandLine;
using System.Globalization;

namespace AsyncServer.Load;

/// <summary>The verb <c>c10k</c>: every model with more and more connections.</summary>
internal static class C10KCommand
{
    private const int ConnectionsPerClient = 5000;

    private static readonly Option<string> Models = ExperimentOptions.List("--models", "all",
        $"Models to try, with commas between: {string.Join(", ", ServerModel.All.Select(model => model.Name))}; or all.", ParseModels);

    private static readonly Option<string> Connections = ExperimentOptions.List("--connections", "100,1000,5000,10000",
        "Numbers of connections to try, with commas between.", ParseNumbers);

    private static readonly Option<int> LevelSeconds = ExperimentOptions.Number("--level-seconds", 60,
        "The most that one model with one number of connections may take.");
    private static readonly Option<int?> Clients = new(
        "--clients")
    { Description = $"Client processes. Default: one for each {ConnectionsPerClient:N0} connections." };
    private static readonly Option<DirectoryInfo> Report = ExperimentOptions.Report("c10k");

    public static Command Create()
    {
        var command = new Command("c10k",
            "Drives the server under every model with up to 10,000 connections, and writes a report with charts.")
        {
            Models, Connections, LevelSeconds, Clients, ExperimentOptions.Active, ExperimentOptions.Rate, Report,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult options, CancellationToken cancellation) => ExperimentOptions.RunAsync(async () =>
    {
        var experiment = ExperimentOptions.Make(options, Report,
            title: "C10K: one server, driven in every way",
            lead: "The same HTTP server, driven in each of the ways in which a server can be driven, holds more and more keep-alive "
                + "connections at the same time. "
                + "Who serves all of them, what does it cost, and how long does a client wait?");
        await experiment.RunAsync(Plans(options), cancellation);
        return 0;
    }, cancellation);

    private static IEnumerable<LevelPlan> Plans(ParseResult options) =>
        from model in ParseModels(options.GetValue(Models)!)
        from connections in ParseNumbers(options.GetValue(Connections)!).Order()
        select new LevelPlan
        {
            Model = model,
            Connections = connections,
            Duration = TimeSpan.FromSeconds(options.GetValue(LevelSeconds)),
            Clients = options.GetValue(Clients) ?? 1 + (connections - 1) / ConnectionsPerClient,
            Active = Math.Min(connections, options.GetValue(ExperimentOptions.Active)),
            Rate = options.GetValue(ExperimentOptions.Rate),
        };

    /// <summary>The models of a list with commas.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    public static ServerModel[] ParseModels(string text) => text == "all"
        ? [.. ServerModel.All]
        : [.. text.Split(',').Select(name => ServerModel.All.FirstOrDefault(model => model.Name == name)
            ?? throw new FormatException(
                $"\"{name}\" is no model; there are {string.Join(", ", ServerModel.All.Select(model => model.Name))}, and all"))];

    /// <summary>The numbers of a list with commas, each above zero.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    public static int[] ParseNumbers(string text) =>
    [
        .. text.Split(',').Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new FormatException($"\"{word}\" is no number of connections; such as 100,1000,5000,10000")),
    ];
}
