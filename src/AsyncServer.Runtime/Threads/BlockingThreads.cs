namespace AsyncServer.Runtime;

/// <summary>
/// A few threads for calls that block and have no other form, mostly on disks (gevent: <c>hub.threadpool</c>). They are not the thread
/// pool's: work that waits for a slow disk must not hold up anybody else's. They start when they are needed and end when they are not.
/// </summary>
public static class BlockingThreads
{
    // A disk does not get faster by more callers; a hanging one should not keep all others from theirs.
    private const int MaxThreads = 4;

    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);
    private static readonly object Gate = new();
    private static readonly Queue<Action> Work = new();
    private static int _threads;
    private static int _idle;

    /// <summary>
    /// Runs a function on one of the threads, in the order of the calls; any thread may call it. Awaited on a hub, the coroutine goes
    /// on there.
    /// </summary>
    /// <returns>Ends with the function's result or with what it threw.</returns>
    public static Task<T> RunAsync<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() =>
        {
            try { completion.SetResult(function()); }
            catch (Exception exception) { completion.SetException(exception); } // the caller's
        });
        return completion.Task;
    }

    private static void Enqueue(Action item)
    {
        lock (Gate)
        {
            Work.Enqueue(item);
            if (_idle >= Work.Count)
            {
                Monitor.Pulse(Gate);
                return;
            }
            if (_threads == MaxThreads)
                return;
            _threads++;
        }
        new Thread(Run) { IsBackground = true, Name = "blocking work" }.UnsafeStart();
    }

    private static void Run()
    {
        while (Next() is { } item)
            item();
    }

    private static Action? Next()
    {
        lock (Gate)
        {
            while (Work.Count == 0)
            {
                _idle++;
                bool isPulsed = Monitor.Wait(Gate, IdleLife);
                _idle--;
                if (!isPulsed && Work.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
            return Work.Dequeue();
        }
    }
}
