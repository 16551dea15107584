using System.CommandLine;
using AsyncServer.Fuzz;
using AsyncServer.Unit.Program;

var seconds = new Option<int>("--seconds") { Description = "How long to make cases.", DefaultValueFactory = static _ => 60 };
var seed = new Option<int>("--seed") { Description = "The same seed makes the same cases.", DefaultValueFactory = static _ => 1 };
var first = new Option<int>("--first") { Description = "Number of the first case.", DefaultValueFactory = static _ => 1 };
var connections = new Option<int>("--connections") { Description = "Conversations at a time.", DefaultValueFactory = static _ => 16 };
var target = new Option<Uri?>("--target")
{
    Description =
        "http:// address of a server that runs already; without it ours is started. What its apps answer is not known then, nor what "
        + "it holds.",
    CustomParser = static result =>
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp)
            return uri;
        result.AddError($"{result.Tokens[0].Value} is not an http:// address");
        return null;
    },
};
var replay = new Option<FileInfo[]>("--replay")
{
    Description = "Tries these cases instead of making some.",
    AllowMultipleArgumentsPerToken = true
};
replay.AcceptExistingOnly();
var folder = new Option<string>("--output")
{
    Description = "Folder for the file of a case that failed.",
    DefaultValueFactory = static _ => Path.Combine(Path.GetTempPath(), "asyncserver-fuzz")
};

var root = new RootCommand(
    "Sends damaged requests to the asyncserver program over real sockets, and checks every answer. Exit code: 0 when everything held, "
    + "1 when not.")
{
    seconds, seed, first, connections, target, replay, folder,
};
root.SetAction(async (arguments, cancellation) =>
{
    string repository = ServerProgram.RepositoryRoot;
    try
    {
        await using var server = await ServerUnderTest.OpenAsync(arguments.GetValue(target));
        if (arguments.GetValue(replay) is { Length: > 0 } files)
            return await new Replay(new Prober(server), Console.Out).RunAsync(files, cancellation) ? 0 : 1;
        var options = new FuzzOptions(arguments.GetValue(seconds), arguments.GetValue(seed), arguments.GetValue(first),
            arguments.GetValue(connections),
            arguments.GetValue(target), arguments.GetValue(folder)!);
        bool held = await new FuzzRun(options, server, Corpus.Read(repository), Console.Out).RunAsync(cancellation);
        Console.WriteLine(held ? "passed" : "FAILED");
        return held ? 0 : 1;
    }
    catch (FormatException mistake)
    {
        Console.Error.WriteLine(mistake.Message);
        return 2;
    }
    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
    {
        Console.Error.WriteLine("interrupted");
        return 130;
    }
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
