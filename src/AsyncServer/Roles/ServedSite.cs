using AsyncServer.Configuration;
using AsyncServer.Http;
using AsyncServer.Modules;
using AsyncServer.Runtime;
using AsyncServer.Workers;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Roles;

/// <summary>
/// What every process that serves makes of the settings: script modules, the app, the server, and where that is the model what starts
/// processes.
/// </summary>
internal sealed class ServedSite : IAsyncDisposable
{
    private readonly AppSource? _app;
    private readonly ScriptModules? _modules;
    private readonly ConnectionProcesses? _processes;

    /// <param name="settings">What was set.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <param name="listen">What the process listens on.</param>
    /// <param name="signals">The process's.</param>
    /// <param name="processes">Serves the connections, where that is the model; it is taken over.</param>
    /// <param name="hasOneConnection">Whether the process serves a connection that it has been given.</param>
    internal ServedSite(EffectiveSettings settings, ILoggerFactory logging, IReadOnlyList<HttpListenOptions> listen, ProcessSignals signals,
        ConnectionProcesses? processes, bool hasOneConnection = false)
    {
        string? web = ServerSettings.WebFolder(settings);
        _app = ServerSettings.App(settings, web);
        _processes = processes;
        if (web is not null)
            _modules = new ScriptModules(web, isDebug: settings.Get(Settings.Dev), TimeProvider.System,
                logging.CreateLogger("AsyncServer.Modules"));
        Server = new HttpServer(ServerSettings.ToOptions(
            settings, logging, listen, _modules, hasOneConnection, processes is null ? null : processes.ServeAsync));
        signals.ReopenRequested = () =>
        {
            Server.ReopenAccessLog();
            processes?.ReopenLogs();
        };
    }

    internal HttpServer Server { get; }

    /// <summary>What starts a process for each connection; null where that is not the model.</summary>
    /// <exception cref="PlatformNotSupportedException">It is the model, and this is not Linux.</exception>
    internal static ConnectionProcesses? Processes(
        EffectiveSettings settings, IReadOnlyList<string> arguments, IReadOnlyList<DescriptorEndPoint> inherited, ILogger logger)
    {
        if (settings.Get(Settings.Model) != ServerModel.Processes)
            return null;
        WorkerProcess.CheckSystem("--model processes");
        return new ConnectionProcesses(settings, arguments, inherited, logger);
    }

    /// <summary>Loads the app that answers what nothing else does.</summary>
    /// <exception cref="ModuleException">It cannot be served.</exception>
    internal async Task LoadAppAsync()
    {
        if (_app is not null)
            Server.Routes.MapFallback(await _app.LoadAsync(_modules));
    }

    /// <summary>Begins to compile script modules that are not in the cache.</summary>
    internal void Warm() => _modules?.Warm();

    /// <summary>Others serve in this one's place: connections end with their next answers.</summary>
    internal Task HandOverAsync(CancellationToken hurry) =>
        Task.WhenAll(Server.HandOverAsync(hurry), _processes?.HandOverAsync() ?? Task.CompletedTask);

    /// <summary>Drains and stops.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> StopAsync(CancellationToken hurry)
    {
        var stopping = Server.StopAsync(hurry: hurry);
        int cut = _processes is null ? 0 : await _processes.StopAsync(hurry);
        cut += await stopping;
        return cut == 0 ? ExitCode.Good : ExitCode.CutOff;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_processes is not null)
            await _processes.DisposeAsync();
        _modules?.Dispose();
    }
}
