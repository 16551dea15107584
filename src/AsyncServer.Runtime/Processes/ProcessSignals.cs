using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>
/// SIGTERM, SIGINT and SIGUSR1, as a server takes them: the first of the former two asks it to drain, the second to end at once, and
/// SIGUSR1 to reopen its logs. A program makes one in its first line: what comes before it serves is not lost, as it would be for the
/// first process of a container, for which the system has no default. The members may be used on any thread.
/// </summary>
/// <example>
/// <code>
/// using var signals = new ProcessSignals();
/// await using var server = new StreamServer("127.0.0.1:7000", HandleAsync);
/// signals.IsServing = true;
/// await signals.First;
/// await server.StopAsync(TimeSpan.FromSeconds(10));
/// </code>
/// </example>
public sealed class ProcessSignals : IDisposable
{
    // SIGUSR1 of Linux on x64 and arm64, and of the systems that descend from BSD; the enumeration has no name for it.
    private static readonly PosixSignal Reopen = (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);

    // Held: a registration that is collected lets the next signal kill the process.
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration? _reopen; // Windows has no such signal
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();

    /// <summary>Takes the signals from now on.</summary>
    public ProcessSignals()
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
    public Action? ReopenRequested { get; set; }

    /// <summary>Ends with the first signal.</summary>
    public Task First => _first.Task;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>Whether a server drains after the first signal. As long as none does, the second one ends the process.</summary>
    public bool IsServing { get; set; }

    /// <summary>Leaves the signals to the system again.</summary>
    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _reopen?.Dispose();
    }

    /// <summary>The same as a first signal.</summary>
    /// <returns>Whether it was the first.</returns>
    public bool Stop() => _first.TrySetResult();

    /// <summary>The same as a second signal.</summary>
    public void Hurry() => _second.Cancel();

    private void OnSignal(PosixSignalContext context)
    {
        bool isFirst = Stop();
        context.Cancel = isFirst || IsServing;
        if (!isFirst && IsServing)
            Hurry();
    }
}
