using System.CommandLine;
using AsyncServer;

var options = new Options();
var command = new RootCommand("An HTTP/1.1 server with a coroutine for each connection. Serves the files of a folder, and apps under .py paths.");
options.AddTo(command);
command.SetAction((arguments, _) => Serving.RunAsync(options, arguments));
return await command.Parse(args).InvokeAsync();
