using System.CommandLine;
using AsyncServer;
using AsyncServer.Configuration;
using AsyncServer.Roles;
using AsyncServer.Runtime;
using AsyncServer.Workers;

using var signals = new ProcessSignals(); // before anything that takes time
if (args is not ["compile" or CommandLine.WorkerFlag, ..])
    EarlyWork.Begin();

var commandLine = new CommandLine();
commandLine.Root.SetAction((arguments, _) => RunAsync(arguments));
commandLine.Compile.SetAction(Compile);
var parsed = commandLine.Parse(args);

// The library would end the process 2 s after a SIGTERM; how long a drain may take is the server's business.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return parsed.Errors.Count == 0 ? await parsed.InvokeAsync(invocation) : Explain(commandLine.Mistakes(parsed));

async Task<int> RunAsync(ParseResult arguments)
{
    var errors = new List<string>();
    var reader = new SettingsReader(commandLine, arguments, args);
    string? given = commandLine.Seat(arguments);
    var seat = given is null ? null : WorkerSeat.Parse(given);
    if (given is not null && seat is null) // it would serve sockets that it knows nothing of
        return Explain([$"{CommandLine.WorkerFlag} is for the server's own processes, and '{given}' is not what this version of it says."]);
    var settings = seat is null ? reader.Read(errors) : reader.Read(WorkerSeat.TakeConfiguration(), errors);
    if (errors.Count > 0)
        return Explain(errors);
    if (commandLine.IsPrint(arguments))
        Console.Write(SettingsReport.Of(settings));
    if (commandLine.IsPrint(arguments) || commandLine.IsCheck(arguments))
        return ProgramRoles.Check(settings);
    return await ProgramRoles.RunAsync(seat, settings, reader, signals);
}

int Compile(ParseResult arguments)
{
    signals.Dispose(); // a signal ends it at once
    if (signals.First.IsCompleted)
        return ExitCode.Failed;
    var (folder, isService, isDebug) = commandLine.Compiled(arguments);
    if (folder is not null)
        return ProgramRoles.Compile(folder, isService, isDebug);
    var errors = new List<string>();
    var settings = EffectiveSettings.Read([], ConfigurationFile.Read(null, Environment.GetEnvironmentVariables(), errors),
        Environment.GetEnvironmentVariables(), errors);
    return errors.Count > 0 ? Explain(errors) : ProgramRoles.Compile(settings.GetPath(Settings.Web), isService, isDebug);
}

static int Explain(IEnumerable<string> errors)
{
    foreach (string error in errors)
        Console.Error.WriteLine($"asyncserver: {error}");
    Console.Error.WriteLine("usage: asyncserver [PORT] [MODULE:APP] [options]; asyncserver --help lists them");
    return ExitCode.Usage;
}
