using System.CommandLine;
using System.Net.Sockets;
using AsyncServer.Bench;

var path = new Option<string>("--path") { Description = "What to ask for.", DefaultValueFactory = _ => AppProgram.Path };
var hubs = new Option<int?>("--hubs") { Description = "Hubs of our server; left to it when not given." };
var port = new Argument<int>("PORT");
var server = new Option<string?>("--server")
{
    Description = "Another server to measure in place of ours: its command, with {port} where the port goes.",
};

var rounds = Number("--rounds", 5, "Rounds for each server.");
var seconds = Number("--seconds", 4, "Length of a round.");
var warmUpSeconds = Number("--warmup", 2, "Seconds of load before the first round.");
var connections = Number("--connections", 64, "Connections that the load keeps open.");
var floorThreads = Number("--floor-threads", 1, "Event loops of the floor.");
var floor = new Command("floor", "CPU time per request beside the least that C can do (needs gcc and wrk).")
{
    rounds, seconds, warmUpSeconds, connections, path, hubs, floorThreads, server,
};
floor.SetAction((options, cancellation) => MeasureAsync(async report =>
{
    var run = new SideBySideRun(report)
    {
        Rounds = options.GetValue(rounds),
        Duration = TimeSpan.FromSeconds(options.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(options.GetValue(warmUpSeconds)),
        Load = new Wrk(options.GetValue(path)!, options.GetValue(connections)),
    };
    return await run.RunAsync(
        await FloorProgram.BuildAsync(options.GetValue(floorThreads), cancellation), Subject(options, AppProgram.Command), cancellation);
}, cancellation));

var size = Number("--size", 128, $"Bytes of a message, at most {EchoLoad.MaxSize}.");
size.Validators.Add(static result =>
{
    if (result.GetValueOrDefault<int>() > EchoLoad.MaxSize)
        result.AddError($"--size must be at most {EchoLoad.MaxSize}");
});
var echo = new Command("echo", "CPU time per round trip of an echo server beside the same in C (needs gcc).")
{
    rounds, seconds, warmUpSeconds, connections, size, hubs, floorThreads,
};
echo.SetAction((options, cancellation) => MeasureAsync(async report =>
{
    var run = new SideBySideRun(report)
    {
        Rounds = options.GetValue(rounds),
        Duration = TimeSpan.FromSeconds(options.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(options.GetValue(warmUpSeconds)),
        Load = await EchoLoad.BuildAsync(options.GetValue(connections), options.GetValue(size), cancellation),
    };
    return await run.RunAsync(
        await FloorProgram.BuildEchoAsync(options.GetValue(floorThreads), cancellation), EchoProgram.Command(HubsOf(options)),
            cancellation);
}, cancellation));

var module = new Command("module", "CPU time per request of a script module beside a delegate in a program (needs wrk).")
{
    rounds, seconds, warmUpSeconds, connections, hubs,
};
module.SetAction((options, cancellation) => MeasureAsync(async report =>
{
    var run = new SideBySideRun(report)
    {
        Rounds = options.GetValue(rounds),
        Duration = TimeSpan.FromSeconds(options.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(options.GetValue(warmUpSeconds)),
        Load = new Wrk(AppProgram.Path, options.GetValue(connections)),
    };
    string[] count = HubsOf(options);
    return await run.RunAsync(AppProgram.Command(count), ServerCommand.Product(count), cancellation);
}, cancellation));

var log = new Command("log", "CPU time per request with an access log beside none (needs wrk).")
{
    rounds, seconds, warmUpSeconds, connections, hubs,
};
log.SetAction((options, cancellation) => MeasureAsync(async report =>
{
    string file = Path.Combine(Path.GetTempPath(), $"asyncserver-bench-{Environment.ProcessId}.log");
    try
    {
        var run = new SideBySideRun(report)
        {
            Rounds = options.GetValue(rounds),
            Duration = TimeSpan.FromSeconds(options.GetValue(seconds)),
            WarmUp = TimeSpan.FromSeconds(options.GetValue(warmUpSeconds)),
            Load = new Wrk(AppProgram.Path, options.GetValue(connections)),
        };
        string[] count = HubsOf(options);
        return await run.RunAsync(
            ServerCommand.Product(count), ServerCommand.Product(["--access-log", file, .. count]) with { Name = "with log" }, cancellation);
    }
    finally
    {
        File.Delete(file);
    }
}, cancellation));

// What AppProgram.Command starts.
var serve = new Command(AppProgram.Verb, "Serves one delegate until it is told to end.") { port, hubs };
serve.Hidden = true;
serve.SetAction((options, _) => AppProgram.RunAsync(options.GetValue(port), options.GetValue(hubs)));

// What EchoProgram.Command starts.
var serveEcho = new Command(EchoProgram.Verb, "Sends back what it gets until it is told to end.") { port, hubs };
serveEcho.Hidden = true;
serveEcho.SetAction((options, cancellation) => EchoProgram.RunAsync(options.GetValue(port), options.GetValue(hubs), cancellation));

var files = new Command("files", "CPU time per request for files of 1 KB, 10 KB and 1 MB beside nginx (needs nginx and wrk).")
{
    rounds, seconds, warmUpSeconds, connections, hubs,
};
files.SetAction((options, cancellation) => MeasureAsync(async report =>
{
    using var folder = new FilesFolder();
    bool usable = true;
    foreach (string file in FilesFolder.Names)
    {
        var run = new SideBySideRun(report)
        {
            Rounds = options.GetValue(rounds),
            Duration = TimeSpan.FromSeconds(options.GetValue(seconds)),
            WarmUp = TimeSpan.FromSeconds(options.GetValue(warmUpSeconds)),
            Load = new Wrk($"/{file}", options.GetValue(connections)),
        };
        usable &= await run.RunAsync(folder.Nginx(), ServerCommand.Product(["--root", folder.Root, .. HubsOf(options)]), cancellation);
    }
    return usable;
}, cancellation));

var from = Number("--from", 5000, "Connections open at the first reading.");
var to = Number("--to", 15000, "Connections open at the second reading.");
var warmUpRequests = Number("--warmup", 5000, "Requests before the first reading.");
var settle = Number("--settle", 3, "Seconds without a change of resident memory before each reading.");
var idle = new Command("idle", "Resident memory per idle keep-alive connection.")
{
    from, to, warmUpRequests, settle, path, hubs, server,
};
idle.SetAction((options, cancellation) => MeasureAsync(async report =>
{
    var run = new IdleRun(report, TimeProvider.System)
    {
        From = options.GetValue(from),
        To = options.GetValue(to),
        WarmUpRequests = options.GetValue(warmUpRequests),
        Settle = TimeSpan.FromSeconds(options.GetValue(settle)),
        Path = options.GetValue(path)!,
    };
    if (run.From >= run.To)
        throw new SetupException("--from must be less than --to");
    return await run.RunAsync(Subject(options, ServerCommand.Product), cancellation);
}, cancellation));

var root = new RootCommand("Measures AsyncServer on this machine.")
{
    PeersCommand.Create(MeasureAsync), floor, echo, module, log, files, idle, CoroutinesCommand.Create(MeasureAsync),
    serve, serveEcho, CoroutinesCommand.CreateProgram(),
};
// Servers get the time to end when this program is interrupted.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });

static Option<int> Number(string name, int value, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError($"{name} must be at least 1");
    });
    return option;
}

string[] HubsOf(ParseResult options) => options.GetValue(hubs) is { } count ? ["--hubs", $"{count}"] : [];

ServerCommand Subject(ParseResult options, Func<string[], ServerCommand> ours) => (options.GetValue(server), options.GetValue(hubs)) switch
{
    (null, _) => ours(HubsOf(options)),
    ({ } line, null) => ServerCommand.Parse(line),
    _ => throw new SetupException("--hubs is an option of our server; put it into --server's command"),
};

static async Task<int> MeasureAsync(Func<Report, Task<bool>> run, CancellationToken cancellation)
{
    var report = new Report(Console.Out);
    try
    {
        await Machine.DescribeAsync(report, TimeProvider.System, cancellation);
        return await run(report) ? 0 : 1;
    }
    catch (SetupException failure)
    {
        Console.Error.WriteLine(failure.Message);
        return 2;
    }
    catch (Exception failure) when (failure is SocketException or InvalidDataException or TimeoutException)
    {
        Console.Error.WriteLine($"the server failed: {failure.Message}");
        return 2;
    }
    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
    {
        Console.Error.WriteLine("interrupted");
        return 130;
    }
}
