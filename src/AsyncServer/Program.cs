using System.CommandLine;
using AsyncServer;
using AsyncServer.Configuration;
using AsyncServer.Http;
using AsyncServer.Workers;

using var signals = new ProcessSignals(); // before anything that takes time
if (args is not ["compile" or WorkerSeat.Flag, ..])
    EarlyWork.Begin();

var commandLine = new CommandLine();
commandLine.Root.SetAction((arguments, _) => RunAsync(arguments));
commandLine.Compile.SetAction(Compile);
var parsed = commandLine.Root.Parse(args);

// The library would end the process 2 s after a SIGTERM; how long a drain may take is the server's business.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return parsed.Errors.Count == 0 ? await parsed.InvokeAsync(invocation) : Explain(commandLine.Mistakes(parsed));

async Task<int> RunAsync(ParseResult arguments)
{
    var errors = new List<string>();
    var reader = new SettingsReader(commandLine, arguments, args);
    var seat = commandLine.Seat(arguments, errors);
    if (errors.Count > 0)
        return Explain(errors);
    var settings = seat is null ? reader.Read(errors) : reader.Read(WorkerSeat.TakeConfiguration(), errors);
    if (errors.Count > 0)
        return Explain(errors);
    if (commandLine.IsPrint(arguments))
        Console.Write(SettingsReport.Of(settings));
    if (commandLine.IsPrint(arguments) || commandLine.IsCheck(arguments))
        return Serving.Check(settings);
    return seat is null && settings.Get(Settings.Workers) > 0
        ? Serving.Supervise(settings, reader, signals)
        : await Serving.RunAsync(settings, reader.Arguments, signals, seat);
}

int Compile(ParseResult arguments)
{
    signals.Dispose(); // a signal ends it at once
    if (signals.First.IsCompleted)
        return ExitCode.Failed;
    var (folder, isService, isDebug) = commandLine.Compiled(arguments);
    if (folder is not null)
        return Serving.Compile(folder, isService, isDebug);
    var errors = new List<string>();
    var settings = EffectiveSettings.Read([], ConfigurationFile.Read(null, Environment.GetEnvironmentVariables(), errors), Environment.GetEnvironmentVariables(), errors);
    return errors.Count > 0 ? Explain(errors) : Serving.Compile(settings.GetPath(Settings.Web), isService, isDebug);
}

static int Explain(IEnumerable<string> errors)
{
    foreach (string error in errors)
        Console.Error.WriteLine($"asyncserver: {error}");
    Console.Error.WriteLine("usage: asyncserver [PORT] [MODULE:APP] [options]; asyncserver --help lists them");
    return ExitCode.Usage;
}
