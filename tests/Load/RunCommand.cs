using System.CommandLine;
using System.Numerics;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>The verb <c>run</c>: its options, and the way from them to an exit code.</summary>
internal static class RunCommand
{
    private const string All = "all";
    private const int Most = 1_000_000;
    private const int CouldNotRun = 2;
    private const int Interrupted = 130; // as a shell says it of SIGINT

    private static readonly Argument<string[]> Names = ScenarioNames();

    private static readonly Option<Uri?> Running = new("--target")
    {
        Description =
            "http:// address of a server that serves the sample site already, in a container for instance; without it ours is started.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp)
                return uri;
            result.AddError($"--target: {result.Tokens[0].Value} is not an http:// address");
            return null;
        },
    };

    private static readonly Option<string?> Server = new(
        "--server")
    { Description = "Another server with the sample site: 'COMMAND {port}', started for each scenario." };
    private static readonly Option<double?> Seconds = Positive<double>("--seconds", "How long each scenario asks.");
    private static readonly Option<double?> Minutes = Positive<double>("--minutes", "The same in minutes.");
    private static readonly Option<int?> Connections = Positive<int>("--connections",
        "Connections, of those kinds that the scenario says.");
    private static readonly Option<double?> Rate = Positive<double>("--rate", "Requests a second, on all connections together.");
    private static readonly Option<string?> Report = new("--report") { Description = "Folder for report.html, report.csv and report.md." };

    public static Command Create()
    {
        var command = new Command("run", "Runs scenarios. The exit code is 0 when all pass, 1 when one fails, 2 when one could not run.")
        {
            Names, Running, Server, Seconds, Minutes, Connections, Rate, Report,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Running) is not null && result.GetResult(Server) is not null)
                result.AddError("--target and --server exclude each other");
            if (result.GetResult(Seconds) is not null && result.GetResult(Minutes) is not null)
                result.AddError("--seconds and --minutes exclude each other");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        double? seconds = parsed.GetValue(Seconds) ?? parsed.GetValue(Minutes) * 60;
        var options = new RunOptions(
            new ServerChoice(parsed.GetValue(Running), parsed.GetValue(Server)),
            seconds is { } given ? TimeSpan.FromSeconds(given) : null,
            parsed.GetValue(Connections),
            parsed.GetValue(Rate),
            parsed.GetValue(Report));
        var hub = new Hub();
        hub.Start();
        try
        {
            return await hub.InvokeAsync(() => RunAsync(options, Choose(parsed.GetValue(Names)!), parsed, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            parsed.InvocationConfiguration.Error.WriteLine("interrupted");
            return Interrupted;
        }
        catch (IOException failure)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"--report: {failure.Message}");
            return CouldNotRun;
        }
        finally
        {
            await hub.Stop();
        }
    }

    private static async Task<int> RunAsync(RunOptions options, IReadOnlyList<Scenario> scenarios, ParseResult parsed,
        CancellationToken cancellation)
    {
#if FULL_NUGET
        ILoadEngine engine = new NBomberEngine(Hub.Current!, TimeProvider.System, options.ReportFolder);
#else
        ILoadEngine engine = new OpenLoopEngine(TimeProvider.System);
#endif
        var outcomes = await new ScenarioRunner(options, engine, TimeProvider.System, parsed.InvocationConfiguration.Output, cancellation)
            .RunAsync(scenarios);
        if (options.ReportFolder is { } folder)
        {
            string command = $"run {string.Join(' ', parsed.Tokens.Skip(1).Select(token => token.Value))}";
            await new LoadReport(command, await Setting.DescribeAsync(TimeProvider.System, cancellation), outcomes).WriteAsync(folder);
            parsed.InvocationConfiguration.Output.WriteLine($"reports: {Path.GetFullPath(folder)}");
        }
        return ScenarioRunner.ExitCode(outcomes);
    }

    private static Scenario[] Choose(string[] names) =>
    [
        .. names.SelectMany(name => name == All ? Scenario.All.Where(scenario => scenario.IsInAll)
            : Scenario.All.Where(scenario => scenario.Name == name)).Distinct(),
    ];

    private static Argument<string[]> ScenarioNames()
    {
        var names = new Argument<string[]>("scenario")
        {
            Description = "Scenarios to run, or all (without soak).",
            Arity = ArgumentArity.OneOrMore
        };
        names.AcceptOnlyFromAmong([All, .. Scenario.All.Select(scenario => scenario.Name)]);
        return names;
    }

    private static Option<T?> Positive<T>(string name, string description) where T : struct, INumber<T>
    {
        var option = new Option<T?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is { } value && !(value > T.Zero && value < T.CreateChecked(Most)))
                result.AddError($"{name}: {value} is not above 0 and below {Most}");
        });
        return option;
    }
}
