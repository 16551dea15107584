using System.Net;
using System.Runtime.InteropServices;
using AsyncServer.Configuration;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Workers;

/// <summary>
/// The process above the workers: it opens the addresses, keeps a worker in every slot, and passes signals on. It serves nothing itself.
/// All of it runs on one hub.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    // Often enough for what ends now and then, such as the compiler of a worker that was killed.
    private static readonly TimeSpan OrphanInterval = TimeSpan.FromSeconds(5);

    private readonly EffectiveSettings _settings;
    private readonly SettingsReader _reader;
    private readonly ProcessSignals _signals;
    private readonly WorkerAddresses _addresses;
    private readonly WorkerFleet _fleet;
    private readonly ILogger _logger;
    private readonly WorkerSlot[] _slots;
    private readonly AsyncEvent _reloadRequested = new();
    private readonly CancellationTokenSource _givenUp = new();
    private TimeSpan _shutdownTimeout;

    private Supervisor(EffectiveSettings settings, SettingsReader reader, ProcessSignals signals, ILogger logger, WorkerAddresses addresses)
    {
        _settings = settings;
        _reader = reader;
        _signals = signals;
        _addresses = addresses;
        _logger = logger;
        _fleet = new WorkerFleet(addresses, reader.Arguments, logger);
        _shutdownTimeout = settings.Get(Settings.ShutdownTimeout);
        _slots = [.. Enumerable.Range(0, settings.Get(Settings.Workers)).Select(MakeSlot)];
    }

    /// <summary>Runs workers until a signal stops them.</summary>
    /// <param name="settings">What was set.</param>
    /// <param name="reader">Reads it again.</param>
    /// <param name="signals">The process's.</param>
    /// <param name="logger">Where log lines go.</param>
    /// <param name="announce">Called when all workers serve.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine.</exception>
    internal static int Run(EffectiveSettings settings, SettingsReader reader, ProcessSignals signals, ILogger logger,
        Action<IReadOnlyList<EndPoint>> announce)
    {
        WorkerProcess.CheckSystem("--workers");
        using var addresses = WorkerAddresses.Open(settings, ActivatedSockets.Take(), settings.Get(Settings.Workers));
        using var supervisor = new Supervisor(settings, reader, signals, logger, addresses);
        using var orphans = OrphanReaper.IsNeeded ? supervisor.CollectOrphans() : null; // a process that uses .NET's Process has that do so
        return Hub.Run(() => supervisor.RunAsync(announce), new HubOptions { BlockingThreshold = TimeSpan.Zero });
    }

    public void Dispose()
    {
        foreach (var slot in _slots)
            slot.Dispose();
        _fleet.Dispose();
        _givenUp.Dispose();
    }

    private WorkerSlot MakeSlot(int number) => new(_fleet, number) { Configuration = _settings.File, Left = Replace, Orphaned = Guard };

    // Another worker accepts on the sockets of a slot that has none.
    private void Guard(WorkerSlot orphan)
    {
        var (listeners, sockets) = _addresses.OnlyOf(orphan.Number);
        orphan.Guardian = Enumerable.Range(orphan.Number + 1, _slots.Length - 1).Select(slot => _slots[slot % _slots.Length].Serving)
            .FirstOrDefault(static worker => worker is not null);
        if (sockets.Count > 0)
            orphan.Guardian?.Tell(AdoptOrder.Write(orphan.Number, listeners), sockets);
    }

    // A worker accepts no more: what it guarded goes to another.
    private void Replace(WorkerProcess guardian)
    {
        foreach (var slot in _slots.Where(slot => slot.Guardian == guardian))
            Guard(slot);
    }

    private ITimer CollectOrphans() =>
        _fleet.Time.CreateTimer(static reaper => ((OrphanReaper)reaper!).Look(), new OrphanReaper(), OrphanInterval, OrphanInterval);

    private async Task<int> RunAsync(Action<IReadOnlyList<EndPoint>> announce)
    {
        var hub = Hub.Current!;
        _signals.IsServing = true;
        _signals.ReopenRequested = () => hub.Post(() => _fleet.TellAll(WorkerMessage.ReopenLogs));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _reloadRequested.Set();
        });
        var stop = Coroutine.Spawn(StopOnSignalAsync);

        // The first worker proves that the configuration can be served; it says itself why not.
        if (await _slots[0].TryReplaceAsync() is { } exit && !_fleet.IsStopping)
        {
            await _givenUp.CancelAsync();
            return exit.Code is > 0 and not ExitCode.CutOff ? exit.Code.Value : ExitCode.Failed;
        }
        foreach (var slot in _slots)
            _ = Coroutine.Spawn(slot.RunAsync);
        var reloading = Coroutine.Spawn(ReloadOnSignalAsync); // also while workers fail to start: it may be what mends them
        await RenewOthersAsync();
        if (!_fleet.IsStopping)
        {
            announce([.. _addresses.EndPoints]);
            Systemd.NotifyReady();
        }
        await stop;
        await reloading.JoinAsync();
        return _fleet.HasCut ? ExitCode.CutOff : ExitCode.Good;
    }

    private async Task StopOnSignalAsync()
    {
        try { await _signals.First.WaitAsync(_givenUp.Token); }
        catch (OperationCanceledException) { return; /* there is nothing to stop */ }
        _fleet.IsStopping = true;
        Systemd.NotifyStopping();
        _logger.StoppingWorkers(_fleet.Count);
        _addresses.Dispose(); // before the workers close theirs: what comes now waits where one of them still looks
        _fleet.TellAll(WorkerMessage.Stop);
        foreach (var slot in _slots)
            slot.Wake();
        _reloadRequested.Set();
        await EndWorkersAsync();
        if (_fleet.HasCut)
            _logger.StoppedWorkersWithCuts();
        else
            _logger.StoppedWorkers();
    }

    private async Task EndWorkersAsync()
    {
        var ends = _fleet.AllExited;
        var hub = Hub.Current!;
        using var hurry = _signals.Second.Register(() => hub.Post(() => _fleet.TellAll(WorkerMessage.Hurry)));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_signals.Second);
        either.CancelAfter(_shutdownTimeout + WorkerProcess.LastPatience);
        try
        {
            await ends.WaitAsync(either.Token);
            return;
        }
        catch (OperationCanceledException) { /* hurried, or the time is over */ }
        try
        {
            await ends.WaitAsync(WorkerProcess.LastPatience);
        }
        catch (TimeoutException)
        {
            _fleet.KillAll();
            await ends;
        }
    }

    private async Task ReloadOnSignalAsync()
    {
        while (!_fleet.IsStopping)
        {
            await _reloadRequested.WaitAsync();
            _reloadRequested.Clear();
            if (_fleet.IsStopping)
                return;
            Systemd.NotifyReloading();
            await ReloadAsync();
            Systemd.NotifyReady();
        }
    }

    private async Task ReloadAsync()
    {
        _logger.Rolling();
        var errors = new List<string>();
        var settings = _reader.Read(errors);
        foreach (string error in errors)
            _logger.ConfigurationInvalid(error);
        if (errors.Count > 0)
            return;
        foreach (var setting in Settings.OfTheSupervisor)
        {
            if (!settings.TextsOf(setting).SequenceEqual(_settings.TextsOf(setting)))
                _logger.SettingStays(settings.OriginOf(setting), setting.Key);
        }
        var before = _slots[0].Configuration;
        var configuration = ConfigurationFile.Of(settings.File, _settings.File);
        _slots[0].Configuration = configuration;
        if (await _slots[0].TryReplaceAsync() is not null)
        {
            _slots[0].Configuration = before;
            if (!_fleet.IsStopping)
                _logger.ConfigurationNotServed();
            return;
        }
        _shutdownTimeout = settings.Get(Settings.ShutdownTimeout);
        foreach (var slot in _slots)
            slot.Configuration = configuration;
        var renewed = RenewOthersAsync();
        await Task.WhenAny(renewed, _reloadRequested.WaitAsync().AsTask()); // the next configuration may be the one that all can serve
        if (!_fleet.IsStopping && renewed.IsCompleted)
            _logger.Rolled(_slots.Length);
    }

    private Task RenewOthersAsync() => Task.WhenAll(_slots.Skip(1).Select(static slot => slot.RenewAsync()));
}
