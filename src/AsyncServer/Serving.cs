using System.Net;
using AsyncServer.Configuration;
using AsyncServer.Http;
using AsyncServer.Modules;
using AsyncServer.Runtime;
using AsyncServer.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AsyncServer;

/// <summary>Runs the server that the settings ask for, from its first line on the console to the exit code.</summary>
internal static class Serving
{
    private const string WorkersCategory = "AsyncServer.Workers";

    /// <param name="settings">What was set.</param>
    /// <param name="arguments">The command line that the settings are from.</param>
    /// <param name="signals">The process's.</param>
    /// <param name="seat">Which worker this process is, if it is one.</param>
    internal static async Task<int> RunAsync(EffectiveSettings settings, IReadOnlyList<string> arguments, ProcessSignals signals, WorkerSeat? seat)
    {
        using var logging = CreateLogging(settings, seat);
        await using var link = seat is null ? null : WorkerLink.Open(WorkerSeat.OpenChannel(), signals, logging.CreateLogger(WorkersCategory));
        try
        {
            string? web = ServerSettings.WebFolder(settings);
            var app = ServerSettings.App(settings, web);
            using var modules = web is null ? null : new ScriptModules(web, isDebug: settings.Get(Settings.Dev), TimeProvider.System, logging.CreateLogger("AsyncServer.Modules"));
            var inherited = seat?.Inherited ?? ActivatedSockets.Take();
            var listen = seat?.Listen(settings) ?? ListenSettings.Read(settings, inherited);
            bool hasOneConnection = seat is { IsOfConnection: true };
            if (settings.Get(Settings.Model) == ServerModel.Processes)
                WorkerProcess.CheckSystem("--model processes");
            await using var processes = hasOneConnection || settings.Get(Settings.Model) != ServerModel.Processes ? null
                : new ConnectionProcesses(settings, arguments, inherited, logging.CreateLogger(WorkersCategory));
            await using var server = new HttpServer(ServerSettings.ToOptions(
                settings, logging, listen, modules, hasOneConnection, processes is null ? null : processes.ServeAsync));
            var connection = hasOneConnection ? seat!.TakeConnection() : default; // before a compiler is started, which must not have it
            signals.ReopenRequested = () =>
            {
                server.ReopenAccessLog();
                processes?.ReopenLogs();
            };
            if (app is not null)
                server.Routes.MapFallback(await app.LoadAsync(modules));
            if (signals.First.IsCompleted && !hasOneConnection)
                return ExitCode.Good; // stopped before it served anybody
            signals.IsServing = true;
            if (hasOneConnection)
                return await ServeConnectionAsync(server, connection, signals, link!);
            await server.StartAsync();
            if (link is null)
            {
                Announce(server.EndPoints, settings, Driven(server, settings.Get(Settings.Model)));
                Systemd.NotifyReady();
            }
            link?.TellServing(server);
            if (seat is null or { Slot: 0 }) // the other workers find in the cache what one has compiled
                modules?.Warm();
            await Task.WhenAny(signals.First, link?.HandOver ?? server.MaxRequestsReached);
            if (link is null)
                Systemd.NotifyStopping();
            else if (signals.First.IsCompleted)
                link.TellEnding();
            if (!signals.First.IsCompleted && link is not null)
                await Task.WhenAny(Task.WhenAll(server.HandOverAsync(signals.Second), processes?.HandOverAsync() ?? Task.CompletedTask), signals.First);
            var stopping = server.StopAsync(hurry: signals.Second);
            int cut = await (processes?.StopAsync(signals.Second) ?? Task.FromResult(0)) + await stopping;
            return cut == 0 ? ExitCode.Good : ExitCode.CutOff;
        }
        catch (Exception exception) when (IsUsersMistake(exception))
        {
            return Explain(exception);
        }
    }

    private static async Task<int> ServeConnectionAsync(HttpServer server, AcceptedSocket connection, ProcessSignals signals, WorkerLink link)
    {
        await Task.WhenAny(server.ServeAsync(connection), signals.First, link.HandOver);
        if (link.HandOver.IsCompleted && !signals.First.IsCompleted)
            await Task.WhenAny(server.HandOverAsync(signals.Second), signals.First);
        return await server.StopAsync(hurry: signals.Second) == 0 ? ExitCode.Good : ExitCode.CutOff;
    }

    /// <summary>Runs the workers that the settings ask for.</summary>
    internal static int Supervise(EffectiveSettings settings, SettingsReader reader, ProcessSignals signals)
    {
        using var logging = CreateLogging(settings, null);
        try
        {
            return Supervisor.Run(settings, reader, signals, logging.CreateLogger(WorkersCategory),
                endPoints => Announce(endPoints, settings, Many(settings.Get(Settings.Workers), "worker")));
        }
        catch (Exception exception) when (IsUsersMistake(exception))
        {
            return Explain(exception);
        }
    }

    /// <summary>Says whether a server could be made of the settings; none is started.</summary>
    internal static int Check(EffectiveSettings settings)
    {
        try
        {
            ServerSettings.App(settings, ServerSettings.WebFolder(settings));
            ServerSettings.ToOptions(settings, NullLoggerFactory.Instance, ListenSettings.Read(settings, inherited: null)).Check();
            return ExitCode.Good;
        }
        catch (Exception exception) when (IsUsersMistake(exception))
        {
            return Explain(exception);
        }
    }

    /// <summary>Compiles script modules into their cache: all, or those that the standard input names. No server is started.</summary>
    internal static int Compile(string folder, bool isService, bool isDebug)
    {
        if (!Directory.Exists(folder))
            return Explain(ServerSettings.NoWebFolder(folder));
        return isService ? CompileService.Run(folder, isDebug) : CompileCommand.Run(folder, null, isDebug, Console.Out);
    }

    private static bool IsUsersMistake(Exception exception) =>
        exception is ListenException or IOException or PlatformNotSupportedException or ModuleException;

    private static int Explain(Exception exception)
    {
        string remedy = exception is DirectoryNotFoundException ? " Make it, or name another with --root DIR." : "";
        Console.Error.WriteLine($"asyncserver: {exception.Message}{remedy}");
        return ExitCode.Failed;
    }

    private static ILoggerFactory CreateLogging(EffectiveSettings settings, WorkerSeat? seat) =>
        CreateLogging(settings.Get(Settings.LogLevel), isSingleLine: !settings.Get(Settings.Dev), seat?.Name);

    /// <param name="least">The least level of lines.</param>
    /// <param name="isSingleLine">An entry on a line for programs; lines as they are for who develops an app.</param>
    /// <param name="name">Which of several processes writes; null for the only one.</param>
    internal static ILoggerFactory CreateLogging(LogLevel least, bool isSingleLine, string? name) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(least)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = isSingleLine;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff " + (name is null ? "" : $"'{name}' ");
        })
        .Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite));

    private static void Announce(IReadOnlyList<EndPoint> endPoints, EffectiveSettings settings, string crew)
    {
        string? web = ServerSettings.WebFolder(settings);
        var app = ServerSettings.App(settings, web);
        foreach (var endPoint in endPoints)
            Console.WriteLine($"AsyncServer listens on {endPoint}{Browsable(endPoint)}");
        Console.WriteLine($"Files from {Path.GetFullPath(settings.GetPath(Settings.Root))}; {crew}; process {Environment.ProcessId}.");
        if (web is not null)
            Console.WriteLine($"Script modules from {Path.GetFullPath(web)}.");
        if (app is not null)
            Console.WriteLine($"What none of these answers goes to {settings.Get(Settings.App)} ({app.Describe(web)}).");
        if (settings.Get(Settings.Dev))
            Console.WriteLine(DevelopmentWarning(endPoints));
        Console.WriteLine("Press Ctrl+C to stop, or send SIGTERM; a second time to stop at once.");
    }

    private static string Driven(HttpServer server, ServerModel model) => model switch
    {
        ServerModel.Coroutine => Many(server.Hubs.Hubs.Count, "hub"),
        _ => $"model {model.ToString().ToLowerInvariant()}",
    };

    private static string Many(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string DevelopmentWarning(IEnumerable<EndPoint> endPoints) =>
        endPoints.OfType<IPEndPoint>().FirstOrDefault(static endPoint => !IPAddress.IsLoopback(endPoint.Address)) is { } open
            ? $"WARNING: --dev shows source and requests to whoever makes an app fail, and other machines can reach {open}. Use --bind 127.0.0.1:{open.Port}."
            : "Warning: --dev shows source and requests to whoever makes an app fail.";

    // What a browser opens: a wildcard is no address, and a unix socket is not for it.
    private static string Browsable(EndPoint endPoint) => endPoint is not IPEndPoint address ? ""
        : address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any) ? $": http://localhost:{address.Port}/"
        : $": http://{address}/";
}
