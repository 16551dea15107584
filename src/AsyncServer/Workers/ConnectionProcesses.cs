using System.ComponentModel;
using AsyncServer.Configuration;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Workers;

/// <summary>
/// The model that has a process for each connection: it is started with the accepted descriptor, serves that, and ends. A hub of its own
/// watches the processes.
/// </summary>
internal sealed class ConnectionProcesses(
    EffectiveSettings settings, IReadOnlyList<string> arguments, IReadOnlyList<DescriptorEndPoint> inherited, ILogger logger)
    : IAsyncDisposable
{
    private readonly Hub _hub = new(new HubOptions { BlockingThreshold = TimeSpan.Zero });
    private readonly HashSet<WorkerProcess> _processes = [];
    private readonly AsyncEvent _ended = new();
    private bool _isHandingOver;
    private bool _isStopping;
    private bool _isHurried;
    private int _cut;

    /// <summary>Has a process serve a connection; ends with it.</summary>
    internal Task ServeAsync(AcceptedSocket client)
    {
        _hub.Start();
        return _hub.InvokeAsync(async () =>
        {
            using var connection = client.Detach();
            WorkerProcess process;
            try
            {
                var seat = WorkerSeat.OfConnection(client.Listener, inherited);
                process = WorkerProcess.Start(seat, arguments, settings.File, [connection], TimeProvider.System.GetTimestamp());
            }
            catch (Win32Exception exception)
            {
                logger.ConnectionNotServed(exception.Message);
                return;
            }
            connection.Dispose(); // the process alone has it: the connection ends when that does
            await AwaitEndAsync(process);
        });
    }

    /// <summary>Makes all processes reopen their logs.</summary>
    internal void ReopenLogs() => _hub.Post(() => TellAll(WorkerMessage.ReopenLogs));

    /// <summary>Has all processes end with their next answers or at their timeouts, and waits for that.</summary>
    internal Task HandOverAsync()
    {
        _hub.Start();
        return _hub.InvokeAsync(async () =>
        {
            _isHandingOver = true;
            TellAll(WorkerMessage.HandOver);
            await EmptyAsync(Timeout.InfiniteTimeSpan);
        });
    }

    /// <summary>Has all processes drain, and waits for their end.</summary>
    /// <returns>How many of them have cut their connection off.</returns>
    internal Task<int> StopAsync(CancellationToken hurry)
    {
        _hub.Start();
        return _hub.InvokeAsync(async () =>
        {
            _isStopping = true;
            TellAll(WorkerMessage.Stop);
            using var hurried = hurry.UnsafeRegister(static self => ((ConnectionProcesses)self!).Hurry(), this);
            if (!await EmptyAsync(settings.Get(Settings.ShutdownTimeout) + WorkerProcess.LastPatience))
            {
                foreach (var process in _processes)
                    process.Kill();
                await EmptyAsync(WorkerProcess.LastPatience);
            }
            return _cut;
        });
    }

    public async ValueTask DisposeAsync() => await _hub.Stop();

    private async Task AwaitEndAsync(WorkerProcess process)
    {
        _processes.Add(process);
        if (_isHandingOver)
            process.Tell(WorkerMessage.HandOver);
        if (_isStopping)
            process.Tell(_isHurried ? WorkerMessage.Hurry : WorkerMessage.Stop); // it came out of the backlog
        var exit = await process.Exited;
        _processes.Remove(process);
        _ended.Set();
        if (exit.Code == ExitCode.Good || exit == default)
            return; // as the first process of a container .NET's Process, which runs the compiler, may have taken its exit
        if (_isStopping || _isHandingOver || exit.Code == ExitCode.CutOff)
            _cut++;
        if (exit.Code != ExitCode.CutOff)
            logger.ConnectionProcessDied(process.Id, exit.ToString());
    }

    private void Hurry() => _hub.Post(() =>
    {
        _isHurried = true;
        TellAll(WorkerMessage.Stop);
        TellAll(WorkerMessage.Hurry);
    });

    private async Task<bool> EmptyAsync(TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        try
        {
            while (_processes.Count > 0)
            {
                _ended.Clear();
                await _ended.WaitAsync(end.Token);
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void TellAll(WorkerMessage message)
    {
        foreach (var process in _processes)
            process.Tell(message);
    }
}
