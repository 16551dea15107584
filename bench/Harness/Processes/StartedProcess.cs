using System.ComponentModel;
using System.Diagnostics;

namespace AsyncServer.Harness;

/// <summary>A process that we start and always end, by its id, also when this program is interrupted.</summary>
internal sealed class StartedProcess : IAsyncDisposable
{
    /// <summary>How long a child may take over SIGTERM before it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private StartedProcess(Process process)
    {
        _process = process;
        // Both pipes are drained all the time: a full one would stop the child.
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="fileName">A path, or a name that is looked up in PATH.</param>
    /// <param name="arguments">Passed as they are, without a shell.</param>
    /// <param name="missing">What to tell when there is no such program.</param>
    /// <param name="environment">Variables beside those of this program.</param>
    /// <exception cref="SetupException">There is no such program.</exception>
    public static StartedProcess Start(
        string fileName, IEnumerable<string> arguments, string missing, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return new StartedProcess(Process.Start(start)!);
        }
        catch (Win32Exception failure)
        {
            throw new SetupException($"cannot start {fileName}: {failure.Message.TrimEnd('.')}. {missing}");
        }
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="SetupException">There is no such program, or it failed.</exception>
    public static async Task<string> RunAsync(
        string fileName, IEnumerable<string> arguments, string missing, CancellationToken cancellation)
    {
        await using var child = Start(fileName, arguments, missing);
        await child._process.WaitForExitAsync(cancellation);
        return child._process.ExitCode == 0
            ? await child._output
            : throw new SetupException($"{fileName} failed with exit code {child._process.ExitCode}\n{await child.ReadAllAsync()}");
    }

    /// <summary>All that the process printed; completes when it has ended.</summary>
    public async Task<string> ReadAllAsync() => (await _output + await _errors).Trim();

    public async ValueTask DisposeAsync()
    {
        // Until Process has seen the end, the child is not reaped, so its id cannot belong to another process.
        if (!_process.HasExited)
            _ = NativeMethods.Kill(_process.Id, NativeMethods.SigTerm);
        using var grace = new CancellationTokenSource(Grace);
        try
        {
            await _process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        _process.Dispose();
    }

    private void Kill(object? sender, EventArgs arguments) => _process.Kill();
}
