using System.Runtime.InteropServices;

namespace AsyncServer.Http;

/// <summary>
/// SIGTERM, SIGINT and SIGUSR1. The program awaits them from its first moment on: what comes before it serves is not lost, as it would be for
/// the first process of a container, for which the system has no default.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    // SIGUSR1 of Linux on x64 and arm64, and of the systems that descend from BSD; the enumeration has no name for it.
    private static readonly PosixSignal Reopen = (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);

    // Held: a registration that is collected lets the next signal kill the process.
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration? _reopen; // Windows has no such signal
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();

    internal ProcessSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        if (OperatingSystem.IsWindows())
            return;
        _reopen = PosixSignalRegistration.Create(Reopen, context =>
        {
            context.Cancel = true; // without a server or a log, too: it would end the process
            ReopenRequested?.Invoke();
        });
    }

    /// <summary>Called for SIGUSR1, on a thread of the pool.</summary>
    internal Action? ReopenRequested { get; set; }

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
        _reopen?.Dispose();
    }

    /// <summary>The same as a first signal.</summary>
    internal bool Stop() => _first.TrySetResult();

    /// <summary>The same as a second signal.</summary>
    internal void Hurry() => _second.Cancel();

    private void OnSignal(PosixSignalContext context)
    {
        bool isFirst = Stop();
        context.Cancel = isFirst || IsServing;
        if (!isFirst && IsServing)
            Hurry();
    }
}
