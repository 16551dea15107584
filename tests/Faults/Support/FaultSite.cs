using System.Diagnostics;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Faults;

/// <summary>The app that the program loads from this assembly: it does what apps should not do.</summary>
public static class FaultSite
{
    /// <summary>
    /// The variable that names a pipe to open once the server has ended: whoever reads from it goes on while the process is still there.
    /// </summary>
    internal const string LastPipe = "FAULT_SITE_LAST_PIPE";

    internal const string Name = "AsyncServer.Faults.FaultSite.Urls";

    private static readonly TaskCompletionSource Released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly List<byte[]> Held = [];
    private static readonly ITimer Forgetting = TimeProvider.System.CreateTimer(static _ => Forget(), null, Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan);
    private static int _cancelled;
    private static int _starving;

    static FaultSite()
    {
        if (Environment.GetEnvironmentVariable(LastPipe) is { } pipe)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => OpenLast(pipe);
    }

    public static UrlMap Urls { get; } = new()
    {
        { "/hello", (_, startResponse) => Say(startResponse, "hello") },
        { "/sleep", SleepAsync },
        { "/big", (_, startResponse) =>
            { startResponse("200 OK", [("Content-Type", "text/plain")]); return Body.From(
                Enumerable.Repeat(new byte[16 * 1024], 64 * 16)); } },
        { "/read", ReadAsync },
        { "/echo", (environ, startResponse) => { startResponse("200 OK", [("Content-Type", "text/plain")]); return environ.Input; } },
        { "/hang", HangAsync },
        { "/cancelled", (_, startResponse) => Say(startResponse, $"{Volatile.Read(ref _cancelled)}") },
        { "/starve", StarveAsync },
        { "/starving", (_, startResponse) => Say(startResponse, $"{Volatile.Read(ref _starving)} {ThreadPool.ThreadCount}") },
        { "/release", (_, startResponse) => { Released.SetResult(); return Say(startResponse, "released"); } },
        { "/hold", Hold },
        { "/coroutines", async (environ, startResponse) =>
            Say(startResponse, $"{(await RunInfo.CaptureAsync()).Hubs.Sum(static hub => hub.CoroutineCount)}") },
        { "/process", (_, startResponse) => Say(startResponse, $"process {Environment.ProcessId}.") },
        { "/orphan", OrphanAsync },
        { "/zombies", (_, startResponse) => Say(startResponse, $"{Directory.GetDirectories("/proc").Count(IsZombieOfTheFirst)}") },
    };

    /// <summary>Waits until somebody opens the pipe too, who finds nothing in it.</summary>
    internal static void OpenForSomebodyToRead(string pipe) =>
        new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite).Dispose();

    private static void OpenLast(string pipe)
    {
        long done = ThreadPool.CompletedWorkItemCount;
        OpenForSomebodyToRead(pipe);
        SpinWait.SpinUntil(() => ThreadPool.CompletedWorkItemCount > done, Timeout.InfiniteTimeSpan);
    }

    private static Body Say(StartResponse startResponse, string text)
    {
        startResponse("200 OK", [("Content-Type", "text/plain")]);
        return text;
    }

    private static async Task<Body> ReadAsync(Environ environ, StartResponse startResponse)
    {
        await environ.Input.CopyToAsync(Stream.Null);
        return Say(startResponse, "read");
    }

    private static async Task<Body> SleepAsync(Environ environ, StartResponse startResponse)
    {
        await Coroutine.Sleep(TimeSpan.FromMilliseconds(int.Parse(environ.Query["ms"]!, System.Globalization.CultureInfo.InvariantCulture)),
            environ.CancellationToken);
        return Say(startResponse, "slept");
    }

    private static async Task<Body> HangAsync(Environ environ, StartResponse startResponse)
    {
        var token = environ.CancellationToken;
        try
        {
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan, token);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
        return Say(startResponse, "never");
    }

    // A shell that leaves a process behind, which falls to the first process and ends.
    private static async Task<Body> OrphanAsync(Environ environ, StartResponse startResponse)
    {
        using var shell = Process.Start("sh", ["-c", "sleep 0.1 & exit 7"]);
        await shell.WaitForExitAsync();
        return Say(startResponse, $"{shell.ExitCode}");
    }

    private static bool IsZombieOfTheFirst(string folder)
    {
        try { return File.ReadAllText($"{folder}/stat").Split(") ")[^1].StartsWith("Z 1 ", StringComparison.Ordinal); }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; /* no process,
            or it has gone */
        }
    }

    // What blocks a thread of the pool until another one has done its work: sync over async.
    private static async Task<Body> StarveAsync(Environ environ, StartResponse startResponse)
    {
        await Task.Run(static () =>
        {
            Interlocked.Increment(ref _starving);
            Task.Run(static () => Released.Task).GetAwaiter().GetResult();
            Interlocked.Decrement(ref _starving);
        });
        return Say(startResponse, "fed");
    }

    // Forgotten a while after the last one, since requests to forget are refused when memory is short.
    private static Body Hold(Environ environ, StartResponse startResponse)
    {
        byte[] piece = new byte[4 * 1024 * 1024];
        lock (Held)
            Held.Add(piece);
        Forgetting.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        return Say(startResponse, "held");
    }

    private static void Forget()
    {
        lock (Held)
            Held.Clear();
    }
}
