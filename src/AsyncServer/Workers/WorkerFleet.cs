using System.Runtime.InteropServices;
using AsyncServer.Configuration;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Workers;

/// <summary>The worker processes that there are, in whatever slots, and what all slots share. On the supervisor's hub.</summary>
/// <param name="addresses">What the workers listen on.</param>
/// <param name="arguments">The command line of this process.</param>
/// <param name="logger">Where log lines go.</param>
internal sealed class WorkerFleet(WorkerAddresses addresses, IReadOnlyList<string> arguments, ILogger logger) : IDisposable
{
    private readonly List<WorkerProcess> _workers = [];

    internal ILogger Logger => logger;

    internal TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>Whether all of them are to end: none is started any more.</summary>
    internal bool IsStopping { get; set; }

    /// <summary>Whether a worker has cut connections off, or was killed while it drained.</summary>
    internal bool HasCut { get; private set; }

    /// <summary>How many workers may be about to start at a time.</summary>
    internal SemaphoreSlim Starting { get; } = new(Environment.ProcessorCount);

    internal int Count => _workers.Count;

    /// <summary>Ends when all that there are have ended.</summary>
    internal Task AllExited => Task.WhenAll(_workers.Select(static worker => worker.Exited.AsTask()));

    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    internal WorkerProcess Start(int slot, ConfigurationFile? configuration)
    {
        SafeHandle[] sockets = [.. addresses.Of(slot)];
        var seat = WorkerSeat.OfWorker(slot, [.. Enumerable.Range(0, sockets.Length)], addresses.Inherited);
        var worker = WorkerProcess.Start(seat, arguments, configuration, sockets, Time.GetTimestamp());
        _workers.Add(worker);
        return worker;
    }

    internal void NoteEnd(WorkerProcess worker, ChildExit exit)
    {
        _workers.Remove(worker);
        HasCut |= exit.Code == ExitCode.CutOff || (IsStopping && exit.Code != ExitCode.Good);
    }

    internal void TellAll(WorkerMessage message)
    {
        foreach (var worker in _workers)
            worker.Tell(message);
    }

    internal void KillAll()
    {
        foreach (var worker in _workers)
        {
            logger.WorkerKilled(worker.Slot, worker.Id);
            worker.Kill();
        }
    }

    public void Dispose() => Starting.Dispose();
}
