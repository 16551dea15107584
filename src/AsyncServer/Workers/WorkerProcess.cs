using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;
using AsyncServer.Configuration;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>A worker as its supervisor sees it, on the supervisor's hub.</summary>
internal sealed class WorkerProcess
{
    // They are for this process: systemd's main process, and sockets that were made for it.
    private static readonly string[] NotInherited = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS",
        "LISTEN_FDNAMES"];

    /// <summary>A process that has still not ended this long after its deadline is not responding.</summary>
    internal static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(10);

    private readonly ChildProcess _process;
    private readonly ProcessChannel _channel;
    private readonly TaskCompletionSource<bool> _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(int slot, ChildProcess process, ProcessChannel channel, long started)
    {
        Slot = slot;
        _process = process;
        _channel = channel;
        Started = started;
        Exited = Coroutine.Spawn(AwaitExitAsync);
        Coroutine.Spawn(ListenAsync);
    }

    internal int Slot { get; }

    internal int Id => _process.Id;

    internal long Started { get; }

    /// <summary>True when it serves; false when it has ended before.</summary>
    internal Task<bool> Serves => _serves.Task;

    internal Coroutine<ChildExit> Exited { get; }

    /// <summary>How it ended, once it has.</summary>
    internal ChildExit? Exit { get; private set; }

    /// <summary>Called when it wants to be replaced.</summary>
    internal Action? ReplacementWanted { get; set; }

    /// <summary>What it has said of that; it may say so before it has taken its place.</summary>
    internal WorkerMessage? ReplacementReason { get; private set; }

    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static void CheckSystem(string flag)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException($"{flag} needs Linux, which can hand open sockets to new processes.");
    }

    /// <param name="seat">Its place.</param>
    /// <param name="arguments">Those of this process.</param>
    /// <param name="file">The configuration file, as it is to have it.</param>
    /// <param name="sockets">What it listens on.</param>
    /// <param name="started">Now.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static WorkerProcess Start(WorkerSeat seat, IEnumerable<string> arguments, ConfigurationFile? file,
        IEnumerable<SafeHandle> sockets, long started)
    {
        var (program, programArguments) = SameProgram.Command([CommandLine.WorkerFlag, seat.ToString(), .. arguments]);
        var (channel, theirs) = ProcessChannel.CreatePair();
        using (theirs)
        {
            try
            {
                using var configuration = MemoryFile.Create(ConfigurationFile.Pack(file));
                var process = ChildProcess.Start(new ChildProcessOptions
                {
                    FileName = program,
                    Arguments = programArguments,
                    Environment = Inherited(),
                    Descriptors = [theirs, configuration, .. sockets],
                });
                return new WorkerProcess(seat.Slot ?? 0, process, channel, started);
            }
            catch
            {
                channel.Dispose();
                throw;
            }
        }
    }

    // one that cannot hear it any more has ended, or is killed
    internal void Tell(WorkerMessage message) => _channel.TrySend([(byte)message]);

    internal void Tell(WorkerMessage message, int slot) => _channel.TrySend([(byte)message, (byte)slot]);

    /// <param name="order">A whole message.</param>
    /// <param name="sockets">What goes along.</param>
    internal void Tell(byte[] order, IReadOnlyList<SafeHandle> sockets) => _channel.TrySend(order, sockets);

    internal void Kill() => _process.Kill();

    private async Task<ChildExit> AwaitExitAsync()
    {
        var exit = await _process.WaitForExitAsync();
        Exit = exit;
        _channel.Dispose();
        _serves.TrySetResult(false);
        return exit;
    }

    private async Task ListenAsync()
    {
        while (await _channel.ReceiveAsync() is { IsEnd: false } message)
        {
            var what = (WorkerMessage)message.Bytes.Span[0];
            if (what == WorkerMessage.Serving)
                _serves.TrySetResult(true);
            if (what is not (WorkerMessage.HadItsRequests or WorkerMessage.Signalled))
                continue;
            ReplacementReason = what;
            ReplacementWanted?.Invoke();
        }
    }

    private static Dictionary<string, string> Inherited()
    {
        var environment = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (!NotInherited.Contains((string)entry.Key))
                environment.Add((string)entry.Key, (string?)entry.Value ?? "");
        }
        return environment;
    }
}
