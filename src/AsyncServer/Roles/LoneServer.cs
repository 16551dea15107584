using AsyncServer.Configuration;
using AsyncServer.Http;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Roles;

/// <summary>The process that serves all by itself: it opens the addresses, and signals are for it.</summary>
internal static class LoneServer
{
    /// <param name="settings">What was set.</param>
    /// <param name="arguments">The command line that the settings are from.</param>
    /// <param name="signals">The process's.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(EffectiveSettings settings, IReadOnlyList<string> arguments, ProcessSignals signals,
        ILoggerFactory logging)
    {
        var inherited = ActivatedSockets.Take();
        var listen = ListenSettings.Read(settings, inherited);
        var processes = ServedSite.Processes(settings, arguments, inherited, logging.CreateLogger(LogCategory.Workers));
        await using var site = new ServedSite(settings, logging, listen, signals, processes);
        await site.LoadAppAsync();
        if (signals.First.IsCompleted)
            return ExitCode.Good; // stopped before it served anybody
        signals.IsServing = true;
        await site.Server.StartAsync();
        Announcement.Write(site.Server.EndPoints, settings, Crew(site.Server, settings.Get(Settings.Model)));
        Systemd.NotifyReady();
        site.Warm();
        await Task.WhenAny(signals.First, site.Server.MaxRequestsReached);
        Systemd.NotifyStopping();
        return await site.StopAsync(signals.Second);
    }

    private static string Crew(HttpServer server, ServerModel model) =>
        model == ServerModel.Coroutine ? Announcement.Many(server.Hubs.Hubs.Count, "hub") : $"model {model.ToString().ToLowerInvariant()}";
}
