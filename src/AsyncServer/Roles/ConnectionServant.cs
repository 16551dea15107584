using AsyncServer.Configuration;
using AsyncServer.Runtime;
using AsyncServer.Workers;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Roles;

/// <summary>The process of one connection, in the model that has one for each: it serves that connection and ends.</summary>
internal static class ConnectionServant
{
    /// <param name="seat">Which connection it has.</param>
    /// <param name="settings">What was set.</param>
    /// <param name="signals">The process's.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(WorkerSeat seat, EffectiveSettings settings, ProcessSignals signals, ILoggerFactory logging)
    {
        await using var link = WorkerLink.Open(WorkerSeat.OpenChannel(), signals, logging.CreateLogger(LogCategory.Workers));
        await using var site = new ServedSite(settings, logging, seat.Listen(settings), signals, processes: null, hasOneConnection: true);
        var connection = seat.TakeConnection(); // before a compiler is started, which must not have it
        await site.LoadAppAsync();
        signals.IsServing = true;
        await Task.WhenAny(site.Server.ServeAsync(connection), signals.First, link.HandOver);
        if (link.HandOver.IsCompleted && !signals.First.IsCompleted)
            await Task.WhenAny(site.HandOverAsync(signals.Second), signals.First);
        return await site.StopAsync(signals.Second);
    }
}
