using Microsoft.Extensions.Logging;

namespace AsyncServer.Workers;

/// <summary>Every line that supervisor and workers log about each other.</summary>
internal static partial class WorkersLog
{
    [LoggerMessage(200, LogLevel.Information, "Worker {Slot} serves: process {Process}")]
    internal static partial void WorkerServes(this ILogger logger, int slot, int process);

    [LoggerMessage(201, LogLevel.Error, "Worker {Slot} (process {Process}) has died: {Exit}")]
    internal static partial void WorkerDied(this ILogger logger, int slot, int process, string exit);

    [LoggerMessage(202, LogLevel.Error, "Worker {Slot} (process {Process}) ended before it could serve: {Exit}")]
    internal static partial void WorkerNeverServed(this ILogger logger, int slot, int process, string exit);

    [LoggerMessage(203, LogLevel.Error, "Worker {Slot} cannot be started: {Reason}")]
    internal static partial void WorkerNotStarted(this ILogger logger, int slot, string reason);

    [LoggerMessage(204, LogLevel.Warning, "Worker {Slot} keeps dying: the next one starts in {Delay}")]
    internal static partial void WorkerDelayed(this ILogger logger, int slot, TimeSpan delay);

    [LoggerMessage(205, LogLevel.Information, "Worker {Slot}: process {Process} has handed over and ended: {Exit}")]
    internal static partial void WorkerHandedOver(this ILogger logger, int slot, int process, string exit);

    [LoggerMessage(206, LogLevel.Information, "Worker {Slot} has reached its request limit and is being replaced")]
    internal static partial void WorkerRecycled(this ILogger logger, int slot);

    [LoggerMessage(207, LogLevel.Warning,
        "Worker {Slot} (process {Process}) was told to end by a signal, not by its supervisor, and is replaced")]
    internal static partial void WorkerSignalled(this ILogger logger, int slot, int process);

    [LoggerMessage(210, LogLevel.Information, "SIGHUP: replacing the workers with ones that read the current configuration")]
    internal static partial void Rolling(this ILogger logger);

    [LoggerMessage(211, LogLevel.Information, "All {Workers} workers now run the new configuration")]
    internal static partial void Rolled(this ILogger logger, int workers);

    [LoggerMessage(212, LogLevel.Error, "The configuration was not changed: {Error}")]
    internal static partial void ConfigurationInvalid(this ILogger logger, string error);

    [LoggerMessage(213, LogLevel.Error, "The configuration was not changed: no worker can run the new one; the old workers keep serving")]
    internal static partial void ConfigurationNotServed(this ILogger logger);

    [LoggerMessage(214, LogLevel.Warning, "{Origin}: {Key} cannot change while the server runs; it takes effect at the next start")]
    internal static partial void SettingStays(this ILogger logger, string origin, string key);

    [LoggerMessage(220, LogLevel.Information, "Stopping {Workers} workers")]
    internal static partial void StoppingWorkers(this ILogger logger, int workers);

    [LoggerMessage(221, LogLevel.Information, "All workers have stopped, and every answer was finished")]
    internal static partial void StoppedWorkers(this ILogger logger);

    [LoggerMessage(222, LogLevel.Warning, "All workers have stopped, and some connections were cut off")]
    internal static partial void StoppedWorkersWithCuts(this ILogger logger);

    [LoggerMessage(223, LogLevel.Error, "Worker {Slot} (process {Process}) did not end and was killed")]
    internal static partial void WorkerKilled(this ILogger logger, int slot, int process);

    [LoggerMessage(224, LogLevel.Error, "A connection was closed because no process could be started for it: {Reason}")]
    internal static partial void ConnectionNotServed(this ILogger logger, string reason);

    [LoggerMessage(225, LogLevel.Error, "Process {Process}, which served a connection, has died: {Exit}")]
    internal static partial void ConnectionProcessDied(this ILogger logger, int process, string exit);

    [LoggerMessage(230, LogLevel.Error, "The supervisor has ended; this worker is draining")]
    internal static partial void SupervisorGone(this ILogger logger);

    [LoggerMessage(231, LogLevel.Error, "The sockets of worker {Slot} cannot be served in the meantime: {Reason}")]
    internal static partial void NotAdopted(this ILogger logger, int slot, string reason);
}
