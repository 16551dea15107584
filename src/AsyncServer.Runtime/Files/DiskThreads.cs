namespace AsyncServer.Runtime;

/// <summary>
/// The few threads on which files that are not in memory are waited for. They are not the thread pool's: a wait for a slow disk must not
/// hold up anybody else. Nor are they for calls of yours, which must not hold up files: see <see cref="Hub.RunBlockingAsync{T}"/>.
/// </summary>
public static class DiskThreads
{
    // A disk does not get faster by more callers; a hanging one should not keep all others from theirs.
    private static readonly WorkerThreads Threads = new(4, "disk");

    /// <summary>
    /// Runs a function on one of the threads, in the order of the calls; any thread may call it. Awaited on a hub, the coroutine goes
    /// on there.
    /// </summary>
    /// <returns>Ends with the function's result or with what it threw.</returns>
    public static Task<T> RunAsync<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Threads.Enqueue(() =>
        {
            try { completion.SetResult(function()); }
            catch (Exception exception) { completion.SetException(exception); } // the caller's
        });
        return completion.Task;
    }
}
