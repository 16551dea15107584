using System.Runtime.InteropServices;

namespace AsyncServer;

/// <summary>
/// SIGTERM and SIGINT from the first moment of the process on: what comes before the server serves is not lost, as it would be for the
/// first process of a container, for which the system has no default.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // Held: a registration that is collected lets the next signal kill the process.
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();

    internal StopSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Ends with the first signal.</summary>
    internal Task First => _first.Task;

    /// <summary>Cancelled by the second.</summary>
    internal CancellationToken Second => _second.Token;

    /// <summary>Whether a server drains after the first signal. As long as none does, the second one ends the process.</summary>
    internal bool IsServing { get; set; }

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        bool isFirst = _first.TrySetResult();
        context.Cancel = isFirst || IsServing;
        if (!isFirst && IsServing)
            _second.Cancel();
    }
}
