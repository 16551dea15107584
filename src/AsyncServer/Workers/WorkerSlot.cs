using System.ComponentModel;
using AsyncServer.Configuration;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>One of the places for workers: it sees that a worker serves there, whatever becomes of the one before.</summary>
internal sealed class WorkerSlot : IDisposable
{
    // Compiling an app takes seconds on a busy machine; one that takes longer hangs, and others wait for their turn to start.
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private readonly WorkerFleet _fleet;
    private readonly RestartDelay _delay;
    private readonly AsyncEvent _changed = new();
    private readonly AsyncEvent _renewed = new();
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isOutdated;
    private bool _isImpatient;

    internal WorkerSlot(WorkerFleet fleet, int number)
    {
        _fleet = fleet;
        _delay = new RestartDelay(fleet.Time);
        Number = number;
    }

    internal int Number { get; }

    /// <summary>The configuration file as the next worker gets it.</summary>
    internal required ConfigurationFile? Configuration { get; set; }

    /// <summary>The worker that serves here; null between a death and the next start.</summary>
    internal WorkerProcess? Serving { get; private set; }

    /// <summary>Called when a worker accepts no more: what it guarded needs another guardian.</summary>
    internal required Action<WorkerProcess> Left { get; init; }

    /// <summary>Called when the slot's worker has died, so that nobody accepts on its sockets.</summary>
    internal required Action<WorkerSlot> Orphaned { get; init; }

    /// <summary>Who listens on this slot's sockets while it has no worker.</summary>
    internal WorkerProcess? Guardian { get; set; }

    public void Dispose() => _turn.Dispose();

    /// <summary>The slot's loop: as long as workers are to run, a worker that has died or is outdated is followed by another.</summary>
    internal async Task RunAsync()
    {
        while (!_fleet.IsStopping)
        {
            if (Serving is not null && !_isOutdated)
            {
                await AwaitChangeAsync(Timeout.InfiniteTimeSpan);
                continue;
            }
            if (!_isImpatient && _delay.Next is var delay && delay > TimeSpan.Zero)
            {
                _fleet.Logger.WorkerDelayed(Number, delay);
                await AwaitChangeAsync(delay);
            }
            _isImpatient = false;
            if (!_fleet.IsStopping && (Serving is null || _isOutdated))
                await ReplaceAsync();
        }
        _renewed.Set();
    }

    /// <summary>Has another worker take this one's place, and waits until it does or the supervisor stops.</summary>
    internal async Task RenewAsync()
    {
        if (_fleet.IsStopping)
            return;
        Renew();
        await _renewed.WaitAsync();
    }

    /// <summary>Ends whatever wait the slot is in.</summary>
    internal void Wake()
    {
        _isImpatient = true;
        _changed.Set();
    }

    private void Renew()
    {
        _isOutdated = true;
        _renewed.Clear();
        Wake();
    }

    private async Task ReplaceAsync()
    {
        _isOutdated = false; // unless it becomes so once more meanwhile
        if (await TryReplaceAsync() is not null)
            _isOutdated = true;
        else if (!_isOutdated)
            _renewed.Set();
    }

    /// <summary>Starts a worker; when it serves, the one before hands over to it. Otherwise everything stays as it was.</summary>
    /// <returns>Null if it serves, else how it ended.</returns>
    internal async Task<ChildExit?> TryReplaceAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await _fleet.Starting.WaitAsync(); // a start costs a processor's time: not all at once
            WorkerProcess? worker;
            try
            {
                worker = Start();
                if (worker is null || !await ServesAsync(worker))
                    return NeverServed(worker);
            }
            finally
            {
                _fleet.Starting.Release();
            }
            TakeOver(worker);
            if (worker.ReplacementReason is not null)
                Recycle(worker);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> ServesAsync(WorkerProcess worker)
    {
        try
        {
            return await worker.Serves.WaitAsync(LongestStart, _fleet.Time);
        }
        catch (TimeoutException)
        {
            _fleet.Logger.WorkerKilled(Number, worker.Id);
            worker.Kill();
            return await worker.Serves; // false, once it has ended
        }
    }

    private WorkerProcess? Start()
    {
        if (_fleet.IsStopping)
            return null;
        try
        {
            var worker = _fleet.Start(Number, Configuration);
            Coroutine.Spawn(() => AwaitEndAsync(worker));
            worker.ReplacementWanted = () => Recycle(worker);
            return worker;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            _fleet.Logger.WorkerNotStarted(Number, exception.Message);
            return null;
        }
    }

    private ChildExit NeverServed(WorkerProcess? worker)
    {
        _delay.NoteDeath(_fleet.Time.GetTimestamp());
        if (worker is not null && !_fleet.IsStopping)
            _fleet.Logger.WorkerNeverServed(Number, worker.Id, $"{worker.Exit}");
        return worker?.Exit ?? new ChildExit(ExitCode.Failed, null);
    }

    private void TakeOver(WorkerProcess worker)
    {
        _fleet.Logger.WorkerServes(Number, worker.Id);
        var before = Serving;
        Serving = worker;
        if (worker.Exit is not null)
            OnDeath(worker); // it has died meanwhile
        else
            TakeBack();
        if (before is null)
            return;
        Left(before);
        before.Tell(WorkerMessage.HandOver);
    }

    private void TakeBack()
    {
        Guardian?.Tell(WorkerMessage.Release, Number);
        Guardian = null;
    }

    private void Recycle(WorkerProcess worker)
    {
        if (worker != Serving || _isOutdated)
            return;
        if (worker.ReplacementReason == WorkerMessage.Signalled)
            _fleet.Logger.WorkerSignalled(Number, worker.Id);
        else
            _fleet.Logger.WorkerRecycled(Number);
        Renew();
    }

    private async Task AwaitEndAsync(WorkerProcess worker)
    {
        var exit = await worker.Exited;
        _fleet.NoteEnd(worker, exit);
        if (worker == Serving)
            OnDeath(worker);
        else if (!_fleet.IsStopping && await worker.Serves)
            _fleet.Logger.WorkerHandedOver(Number, worker.Id, exit.ToString());
    }

    private void OnDeath(WorkerProcess worker)
    {
        Serving = null;
        if (_fleet.IsStopping)
            return;
        _changed.Set();
        _delay.NoteDeath(worker.Started);
        _fleet.Logger.WorkerDied(Number, worker.Id, $"{worker.Exit}");
        Left(worker);
        Orphaned(this);
    }

    private async Task AwaitChangeAsync(TimeSpan atMost)
    {
        _changed.Clear(); // the slot has looked, on this thread
        await _changed.WaitAsync(atMost);
    }
}
