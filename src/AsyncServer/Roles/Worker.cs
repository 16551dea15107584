using AsyncServer.Configuration;
using AsyncServer.Runtime;
using AsyncServer.Workers;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Roles;

/// <summary>
/// One of several processes that serve the same addresses: it has their sockets from its supervisor, and does what that says.
/// </summary>
internal static class Worker
{
    /// <param name="seat">Which one it is.</param>
    /// <param name="settings">What was set.</param>
    /// <param name="arguments">The command line that the settings are from.</param>
    /// <param name="signals">The process's.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(
        WorkerSeat seat, EffectiveSettings settings, IReadOnlyList<string> arguments, ProcessSignals signals, ILoggerFactory logging)
    {
        var logger = logging.CreateLogger(LogCategory.Workers);
        await using var link = WorkerLink.Open(WorkerSeat.OpenChannel(), signals, logger);
        var listen = seat.Listen(settings);
        var processes = ServedSite.Processes(settings, arguments, seat.Inherited, logger);
        await using var site = new ServedSite(settings, logging, listen, signals, processes);
        await site.LoadAppAsync();
        if (signals.First.IsCompleted)
            return ExitCode.Good; // stopped before it served anybody
        signals.IsServing = true;
        await site.Server.StartAsync();
        link.TellServing(site.Server);
        if (seat.Slot == 0)
            site.Warm(); // the other workers find in the cache what one has compiled
        await Task.WhenAny(signals.First, link.HandOver);
        if (signals.First.IsCompleted)
            link.TellEnding();
        else
            await Task.WhenAny(site.HandOverAsync(signals.Second), signals.First);
        return await site.StopAsync(signals.Second);
    }
}
