using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Faults;

/// <summary>
/// The program with <see cref="FaultSite"/>, from its first answer on. Ending it asks once more, checks that connections, descriptors and
/// threads are back where they were, coroutines too, and that nothing failed in the log, and has it stop as an operator would.
/// </summary>
internal sealed class FaultServer : IAsyncDisposable
{
    /// <summary>The most that a test may take, in milliseconds; only a broken one does.</summary>
    internal const int Timeout = 85_000;

    // Only a broken test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // What a test leaves goes within half a second; ten times that, for a busy machine.
    private static readonly TimeSpan LeakPatience = TimeSpan.FromSeconds(5);

    // Of the pool, for what the program does beside its hubs.
    private const int MoreThreads = 6;

    private readonly ServerProgram _program;
    private readonly bool _hasWorkers;
    private ProcessFacts? _atStart;
    private int _coroutinesAtStart;

    private FaultServer(ServerProgram program, bool hasWorkers)
    {
        _program = program;
        _hasWorkers = hasWorkers;
    }

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An app's threads may outlive a test on purpose.</summary>
    internal bool LeavesThreads { get; set; }

    /// <summary>The log tells of a failure that is the fault itself.</summary>
    internal bool LogsFailures { get; set; }

    internal int ProcessId => _program.ProcessId;

    internal IPEndPoint EndPoint { get; private set; } = null!;

    internal ProcessFacts Facts => ProcessFacts.Read(ProcessId);

    internal string Log => _program.Output + _program.Errors;

    internal static Task<FaultServer> StartAsync(params string[] options) => StartAsync([], [], options);

    /// <param name="launcher">Starts the program: it gets the command as its further arguments, and must become it.</param>
    /// <param name="environment">Further variables.</param>
    /// <param name="options">Further options.</param>
    internal static async Task<FaultServer> StartAsync(string[] launcher, (string Name, string Value)[] environment,
        params string[] options)
    {
        string[] hubs = options.Contains("--model") ? [] : ["--hubs", "2"]; // others have one
        string[] bind = options.Contains("--bind") ? [] : ["--bind", "127.0.0.1:0"];
        string[] arguments = [$"{typeof(FaultSite).Assembly.Location}:{FaultSite.Name}", .. bind, .. hubs, .. options];
        var program = launcher.Length == 0 ? ServerProgram.AsyncServer(arguments, environment)
            : ServerProgram.LaunchedBy([.. launcher, "env", .. environment.Select(static variable => $"{variable.Name}={variable.Value}")],
                arguments);
        var server = new FaultServer(program, options.Contains("--workers"));
        try
        {
            server.EndPoint = new IPEndPoint(IPAddress.Loopback, await program.PortAsync());
            await server.WarmUpAsync();
            return server;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>A socket of a client; the caller disposes of it.</summary>
    internal async Task<Socket> ConnectAsync(int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        try
        {
            await socket.ConnectAsync(EndPoint, Cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The whole answer to a GET, on a connection of its own.</summary>
    internal async Task<string> AskAsync(string path)
    {
        using var socket = await ConnectAsync();
        await socket.SendTextAsync($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        return await socket.ReceiveTextToEndAsync();
    }

    /// <summary>The body of the answer to a GET, which must be a 200.</summary>
    internal async Task<string> GetAsync(string path)
    {
        string answer = await AskAsync(path);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        return answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    /// <summary>Sends a signal to another process, such as a worker.</summary>
    internal static async Task SignalAsync(int process, int number)
    {
        using var kill = Process.Start("kill", [$"-{number}", $"{process}"]);
        await kill.WaitForExitAsync(Cancellation);
    }

    internal void Signal(int number) => _program.Signal((PosixSignal)number);

    internal Task WaitForLogAsync(string text) => _program.WaitForOutputAsync(text);

    /// <summary>Waits for what the other process is about to do.</summary>
    /// <param name="condition">What is to become true.</param>
    /// <param name="what">The same in words.</param>
    /// <param name="within">A time that was promised; left out, one that only a broken test takes.</param>
    internal static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, $"never: {what}");
            await pause.WaitForNextTickAsync(Cancellation);
        }
    }

    internal static Task UntilAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, within);

    /// <summary>Kills it, as nothing can be caught.</summary>
    internal async Task KillAsync()
    {
        Signal(9);
        await _program.ExitCodeAsync();
        _atStart = null;
    }

    public async ValueTask DisposeAsync()
    {
        await using var program = _program;
        if (_atStart is null)
            return; // killed on purpose
        Assert.Equal("hello", await GetAsync("/hello"));
        await UntilAsync(() => Facts is { Connections: 0 } now && now.Sockets <= _atStart.Sockets, $"sockets back at {_atStart.Sockets}",
            LeakPatience);
        if (!_hasWorkers)
            await UntilAsync(async () => await CountCoroutinesAsync() <= _coroutinesAtStart, $"coroutines back at {_coroutinesAtStart}",
                LeakPatience);
        if (!LeavesThreads)
            await UntilAsync(() => Facts.Threads <= _atStart.Threads + MoreThreads, $"threads back at {_atStart.Threads}");
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        if (!LogsFailures)
            Assert.DoesNotContain(" fail: ", Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" crit: ", Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", Log, StringComparison.Ordinal);
    }

    // Everything is loaded once before it is counted.
    private async Task WarmUpAsync()
    {
        for (int i = 0; i < 4; i++)
            Assert.Equal("hello", await GetAsync("/hello"));
        await UntilAsync(() => (_atStart = Facts).Connections == 0, "no connection is left");
        if (!_hasWorkers)
            _coroutinesAtStart = await CountCoroutinesAsync();
    }

    // Of all hubs, with the one of the connection that asks.
    private async Task<int> CountCoroutinesAsync() => int.Parse(await GetAsync("/coroutines"), CultureInfo.InvariantCulture);
}
