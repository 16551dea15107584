using System.Collections;
using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A process that this one has started with descriptors of its choice (posix_spawn), and whose end a hub waits for (pidfd). Beside .NET's
/// <c>Process</c>
/// it can be used freely: each waits for its own alone. Linux only.
/// </summary>
public sealed class ChildProcess
{
    private const int KillSignal = 9;

    private readonly SafeFileHandle _descriptor;

    private ChildProcess(int id, SafeFileHandle descriptor)
    {
        Id = id;
        _descriptor = descriptor;
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Starts a process.</summary>
    /// <exception cref="Win32Exception">It cannot be started; the message says why and names the program.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static ChildProcess Start(ChildProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Child processes with descriptors of their own need Linux (posix_spawn and pidfd).");
        int id = Spawn(options);
        int descriptor = id < 0 ? -1 : ProcessDescriptor.Open(id); // its number is not given to another as long as nobody has reaped it
        if (id < 0)
            throw Errno.ToException(-id, $"starting {options.FileName}");
        if (descriptor < 0)
        {
            EndUnwatched(id);
            throw Errno.ToException(-descriptor, $"watching process {id} (pidfd_open)");
        }
        return new ChildProcess(id, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Waits on the current hub until it has ended, and takes its exit from the system; to be called once.</summary>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    /// <exception cref="OperationCanceledException">The hub stops, or the coroutine was killed.</exception>
    public async Task<ChildExit> WaitForExitAsync()
    {
        var hub = Hub.Current ?? throw new InvalidOperationException("ChildProcess.WaitForExitAsync needs a hub on this thread.");
        using var watch = new DescriptorWatch(hub, _descriptor, "the end of a process");
        if (!await watch.WaitAsync())
            throw new OperationCanceledException("The hub stops.");
        var exit = ProcessDescriptor.Reap(Id) ?? default;
        watch.Dispose();
        _descriptor.Dispose();
        return exit;
    }

    /// <summary>Ends it at once (SIGKILL). When it has ended already, nothing happens, whoever has its number now.</summary>
    public void Kill()
    {
        try
        {
            using var held = new HeldDescriptor(_descriptor);
            ProcessDescriptor.Signal(held.Number, KillSignal);
        }
        catch (ObjectDisposedException) { /* it has ended */ }
    }

    // Nobody has reaped it, so the number is its own.
    private static void EndUnwatched(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        { /* it has ended */ }
        ProcessDescriptor.Reap(id);
    }

    private static int Spawn(ChildProcessOptions options)
    {
        int[] numbers = new int[options.Descriptors.Count];
        int held = 0;
        try
        {
            for (; held < numbers.Length; held++)
            {
                bool added = false;
                options.Descriptors[held].DangerousAddRef(ref added); // it adds or throws
                numbers[held] = (int)options.Descriptors[held].DangerousGetHandle();
            }
            return ProcessDescriptor.Start(options.FileName, options.Arguments, Variables(options.Environment), numbers);
        }
        finally
        {
            foreach (var handle in options.Descriptors.Take(held))
                handle.DangerousRelease();
        }
    }

    private static IEnumerable<string> Variables(IReadOnlyDictionary<string, string>? environment) => environment is null
        ? Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => $"{entry.Key}={entry.Value}")
        : environment.Select(static entry => $"{entry.Key}={entry.Value}");
}
