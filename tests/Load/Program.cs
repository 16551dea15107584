using System.CommandLine;
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

var root = new RootCommand("Load scenarios for the asyncserver program.") { list, RunCommand.Create(), C10KCommand.Create(),
    C1MCommand.Create() };
var parsed = root.Parse(args);
// The server gets the time to end when this program is interrupted.
int exitCode = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
// 1 is for a server that failed, 2 for a run that could not be made.
return parsed.Errors.Count > 0 ? 2 : exitCode;
