using System.Net;
using AsyncServer.Configuration;
using AsyncServer.Http;
using AsyncServer.Modules;
using AsyncServer.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AsyncServer;

/// <summary>Runs the server that the settings ask for, from its first line on the console to the exit code.</summary>
internal static class Serving
{
    internal static async Task<int> RunAsync(EffectiveSettings settings, ProcessSignals signals)
    {
        using var logging = CreateLogging(settings.Get(Settings.LogLevel), settings.Get(Settings.Dev));
        try
        {
            string? web = ServerSettings.WebFolder(settings);
            var app = ServerSettings.App(settings, web);
            using var modules = web is null ? null : new ScriptModules(web, isDebug: settings.Get(Settings.Dev), TimeProvider.System, logging.CreateLogger("AsyncServer.Modules"));
            await using var server = new HttpServer(ServerSettings.ToOptions(settings, logging, Systemd.TakeSockets(), modules));
            if (app is not null)
                server.Routes.MapFallback(await app.LoadAsync(modules));
            if (signals.First.IsCompleted)
                return ExitCode.Good; // stopped before it served anybody
            signals.IsServing = true;
            signals.ReopenRequested = server.ReopenAccessLog;
            await server.StartAsync();
            Announce(server, settings, web, app);
            Systemd.NotifyReady();
            modules?.Warm();
            await signals.First;
            Systemd.NotifyStopping();
            int cut = await server.StopAsync(hurry: signals.Second);
            return cut == 0 ? ExitCode.Good : ExitCode.CutOff;
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
            ServerSettings.ToOptions(settings, NullLoggerFactory.Instance, []).Check();
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

    private static ILoggerFactory CreateLogging(LogLevel level, bool isRead) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(level)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = !isRead; // an entry on a line for programs; lines as they are for who develops an app
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
        })
        .Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite));

    private static void Announce(HttpServer server, EffectiveSettings settings, string? web, AppSource? app)
    {
        foreach (var endPoint in server.EndPoints)
            Console.WriteLine($"AsyncServer listens on {endPoint}{Browsable(endPoint)}");
        Console.WriteLine($"Files from {Path.GetFullPath(settings.GetPath(Settings.Root))}; {Driven(server, settings.Get(Settings.Model))}; process {Environment.ProcessId}.");
        if (web is not null)
            Console.WriteLine($"Script modules from {Path.GetFullPath(web)}.");
        if (app is not null)
            Console.WriteLine($"What none of these answers goes to {settings.Get(Settings.App)} ({app.Describe(web)}).");
        if (settings.Get(Settings.Dev))
            Console.WriteLine(DevelopmentWarning(server.EndPoints));
        Console.WriteLine("Press Ctrl+C to stop, or send SIGTERM; a second time to stop at once.");
    }

    private static string Driven(HttpServer server, ServerModel model) => model switch
    {
        ServerModel.Coroutine => server.Hubs.Hubs.Count == 1 ? "1 hub" : $"{server.Hubs.Hubs.Count} hubs",
        _ => $"model {model.ToString().ToLowerInvariant()}",
    };

    private static string DevelopmentWarning(IEnumerable<EndPoint> endPoints) =>
        endPoints.OfType<IPEndPoint>().FirstOrDefault(static endPoint => !IPAddress.IsLoopback(endPoint.Address)) is { } open
            ? $"WARNING: --dev shows source and requests to whoever makes an app fail, and other machines can reach {open}. Use --bind 127.0.0.1:{open.Port}."
            : "Warning: --dev shows source and requests to whoever makes an app fail.";

    // What a browser opens: a wildcard is no address, and a unix socket is not for it.
    private static string Browsable(EndPoint endPoint) => endPoint is not IPEndPoint address ? ""
        : address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any) ? $": http://localhost:{address.Port}/"
        : $": http://{address}/";
}
