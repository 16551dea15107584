using System.CommandLine;
using System.Globalization;

namespace AsyncServer.Bench;

/// <summary><c>coroutines</c> on the command line.</summary>
internal static class CoroutinesCommand
{
    private static readonly Option<int> Processes = Positive("--processes", 3, "Processes, one after the other.");
    private static readonly Option<int> Rounds = Positive("--rounds", 5, "Rounds in each process.");
    private static readonly Option<int> Milliseconds = Positive("--milliseconds", 100, "Length of a case in a round, for each of both.");
    private static readonly Option<string?> Only = new(
        "--only")
    { Description = "How the cases begin that are measured, such as \"yield\"." };
    private static readonly Argument<int> RoundsToRun = new("ROUNDS");
    private static readonly Argument<int> MillisecondsToRun = new("MILLISECONDS");
    private static readonly Argument<string> CasesToRun = new("CASES");

    /// <param name="measure">Runs a measurement and turns its failures into an exit code.</param>
    public static Command Create(Func<Func<Report, Task<bool>>, CancellationToken, Task<int>> measure)
    {
        string target = CoroutineCase.TargetRatio.ToString(CultureInfo.InvariantCulture);
        var coroutines = new Command(
            "coroutines",
            $"CPU time and memory of spawns, waits for ends, and yields beside tasks of the thread pool: wanted is {target} times the "
                + "pool's CPU time. CPU time, since the pool "
            + "spreads its work over all processors and a hub has one: the clock on the wall would count one of them for two.")
        {
            Processes, Rounds, Milliseconds, Only,
        };
        coroutines.SetAction((options, cancellation) => measure(report => new CoroutinesRun(report)
        {
            Processes = options.GetValue(Processes),
            Rounds = options.GetValue(Rounds),
            Duration = TimeSpan.FromMilliseconds(options.GetValue(Milliseconds)),
            Only = options.GetValue(Only),
        }.RunAsync(cancellation), cancellation));
        return coroutines;
    }

    /// <summary>What <see cref="CoroutineProgram.StartAsync"/> starts.</summary>
    public static Command CreateProgram()
    {
        var program = new Command(CoroutineProgram.Verb, "Measures coroutines in this process.") { RoundsToRun, MillisecondsToRun,
            CasesToRun };
        program.Hidden = true;
        program.SetAction((options, _) => CoroutineProgram.RunAsync(
            options.GetValue(RoundsToRun), TimeSpan.FromMilliseconds(options.GetValue(MillisecondsToRun)), options.GetValue(CasesToRun)!,
                Console.Out));
        return program;
    }

    private static Option<int> Positive(string name, int value, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} must be at least 1");
        });
        return option;
    }
}
