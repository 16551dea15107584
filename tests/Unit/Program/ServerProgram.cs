using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace AsyncServer.Unit.Program;

/// <summary>A built program of this repository, run as its users run it. Disposing it kills what still runs.</summary>
internal sealed partial class ServerProgram : IAsyncDisposable
{
    /// <summary>The most that a test with a process may take, in milliseconds; only a broken one does.</summary>
    internal const int Timeout = 30_000;

    // Only a broken test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProgram(IEnumerable<string> command, string? folder = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command.First(), command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? RepositoryRoot,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Debug or Release: that of the tests, and so of what they start.</summary>
    internal static string Configuration => TestOutput.Parent!.Name;

    internal static string AsyncServerPath => PathOf("src/AsyncServer", "asyncserver");

    internal int ProcessId => _process.Id;

    internal string Output { get { lock (_output) return _output.ToString(); } }

    internal string Errors { get { lock (_errors) return _errors.ToString(); } }

    internal static ServerProgram AsyncServer(params string[] arguments) => AsyncServer(arguments, []);

    internal static ServerProgram AsyncServer(string[] arguments, params (string Name, string Value)[] environment) =>
        new(["dotnet", AsyncServerPath, .. arguments], null, environment);

    /// <summary>Has another program start it: <paramref name="launcher"/> gets the command as its further arguments.</summary>
    internal static ServerProgram LaunchedBy(string[] launcher, params string[] arguments) =>
        new([.. launcher, "dotnet", AsyncServerPath, .. arguments]);

    internal static ServerProgram Sample(string name, params string[] arguments) =>
        new(["dotnet", PathOf($"samples/{name}", name), .. arguments]);

    /// <summary>Waits until the program says something on its console.</summary>
    internal Task WaitForOutputAsync(string text) => WaitForOutputAsync(output => output.Contains(text, StringComparison.Ordinal));

    internal async Task WaitForOutputAsync(Func<string, bool> isSaid)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSaid(Output))
            await _news.WaitAsync(patience.Token);
    }

    /// <summary>Any other command, such as the installed server, in a folder of its own.</summary>
    internal static ServerProgram Command(string file, string folder, string[] arguments,
        params (string Name, string Value)[] environment) =>
        new([file, .. arguments], folder, environment);

    /// <summary>The port that the program says it listens on.</summary>
    internal Task<int> PortAsync() => _port.Task.WaitAsync(Patience);

    internal async Task<int> ExitCodeAsync(TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience);
        await _process.WaitForExitAsync(patience.Token);
        _process.WaitForExit(); // the rest of the output
        return _process.ExitCode;
    }

    internal bool HasEnded => _process.HasExited;

    /// <summary>Waits for the end of this process, whoever still holds its output.</summary>
    internal async Task WaitForExitOfItselfAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!HasEnded)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
    }

    internal void Signal(PosixSignal signal)
    {
        int number = signal switch
        {
            PosixSignal.SIGTERM => 15,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGHUP => 1,
            > 0 => (int)signal,
            _ => throw new ArgumentOutOfRangeException(nameof(signal))
        };
        using var kill = Process.Start("kill", [$"-{number}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        _news.Dispose();
    }

    private static string PathOf(string project, string assembly) =>
        Path.Combine(RepositoryRoot, project, "bin", Configuration, TestOutput.Name, assembly + ".dll");

    // .../tests/Unit/bin/CONFIGURATION/net10.0
    private static DirectoryInfo TestOutput => new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AsyncServer.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No AsyncServer.sln above the tests.");
        return folder.FullName;
    }

    private void Note(StringBuilder text, string? line)
    {
        if (line is null)
        {
            _port.TrySetException(new InvalidOperationException("The program ended without listening: " + Errors));
            return;
        }
        lock (text)
            text.AppendLine(line);
        _news.Release();
        if (line.Contains("listen", StringComparison.Ordinal) && ListeningPort().Match(line) is { Success: true } match)
            _port.TrySetResult(int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"on \S*?:(\d+)(?:[;:]|$)")]
    private static partial System.Text.RegularExpressions.Regex ListeningPort();
}
