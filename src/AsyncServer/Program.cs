using System.CommandLine;
using AsyncServer;

const int exitUsage = 2;

var options = new Options();
var command = new RootCommand("An HTTP/1.1 server with a coroutine for each connection. Serves the files of a folder, and apps under .py paths.");
options.AddTo(command);
command.SetAction((arguments, _) => Serving.RunAsync(options, arguments));

var arguments = command.Parse(args);
if (arguments.Errors.Count == 0)
    return await arguments.InvokeAsync();

foreach (var error in arguments.Errors)
    Console.Error.WriteLine($"asyncserver: {error.Message}");
Console.Error.WriteLine("usage: asyncserver [PORT] [options]; asyncserver --help lists them");
return exitUsage;
