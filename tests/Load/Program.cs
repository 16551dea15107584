using System.CommandLine;
using AsyncServer.Bench;
using AsyncServer.Load;

if (ChildPrograms.Find(args) is { } child)
{
    await child;
    return 0;
}

var list = new Command("list", "Names the scenarios, what they do and when they pass.");
list.SetAction(_ =>
{
    foreach (var scenario in Scenario.All)
        Console.WriteLine($"{scenario.Name}: {scenario.What}; passes when {scenario.Threshold}");
});

var names = new Argument<string[]>("scenario") { Description = "Scenarios to run.", Arity = ArgumentArity.OneOrMore };
names.AcceptOnlyFromAmong([.. Scenario.All.Select(scenario => scenario.Name)]);
var target = new Option<Uri?>("--target")
{
    Description = "http:// address of a server that serves the sample site already; without it ours is started.",
    CustomParser = result =>
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri))
            return uri;
        result.AddError($"{result.Tokens[0].Value} is not an http:// address");
        return null;
    },
};
var run = new Command("run", "Runs scenarios; the exit code is 0 when all pass, 1 when one fails.") { names, target };
run.SetAction(async (options, cancellation) =>
{
    var chosen = options.GetValue(names)!.Select(name => Scenario.All.Single(scenario => scenario.Name == name));
    try
    {
        return await new ScenarioRun(Console.Out, TimeProvider.System).RunAsync([.. chosen], options.GetValue(target), cancellation) ? 0 : 1;
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
});

var root = new RootCommand("Load scenarios for the asyncserver program.") { list, run, C10KCommand.Make(), C1MCommand.Make() };
// The server gets the time to end when this program is interrupted.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
