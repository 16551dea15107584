using System.CommandLine;
using System.Globalization;

namespace AsyncServer.Load;

/// <summary>What the command lines of the experiments have in common.</summary>
internal static class ExperimentOptions
{
    public static Option<int> Active { get; } = Number("--active", 200, "Connections that are active among the others.");

    public static Option<int> Rate { get; } = Number("--rate", 1000, "Requests a second of the active ones together.");

    public static Option<DirectoryInfo> Report(string folder) => new("--report")
    {
        Description = $"Folder for report.html, report.md and report.csv. Default: artifacts/{folder} in the repository.",
        DefaultValueFactory = _ => new DirectoryInfo(RepositoryRoot.Combine("artifacts", folder)),
    };

    public static Option<int> Number(string name, int value, string description, int least = 1)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number < least)
                result.AddError($"{name} must be at least {least}");
        });
        return option;
    }

    /// <summary>An option of which <paramref name="parse"/> says by a <see cref="FormatException"/> what is wrong.</summary>
    public static Option<string> List<T>(string name, string value, string description, Func<string, T> parse)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            try { parse(result.GetValueOrDefault<string>() ?? ""); }
            catch (FormatException failure) { result.AddError($"{name}: {failure.Message}"); }
        });
        return option;
    }

    public static Experiment Make(ParseResult options, Option<DirectoryInfo> report, string title, string lead,
        params IReadOnlyList<string> remarks) =>
        new(Console.Out, new Progress(Console.Out, !Console.IsOutputRedirected, TimeProvider.System), TimeProvider.System)
        {
            Title = title,
            Lead = lead,
            Folder = options.GetValue(report)!,
            Command = [.. options.Tokens.Select(token => token.Value).Where(word => word != C1MCommand.InsideName)],
            Remarks = remarks,
        };

    /// <summary>Runs an experiment to the exit code of its verb.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> run, CancellationToken cancellation)
    {
        try
        {
            return await run();
        }
        catch (SetupException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 2;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("interrupted");
            return 130;
        }
    }
}
