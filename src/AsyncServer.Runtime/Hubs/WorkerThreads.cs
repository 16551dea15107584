namespace AsyncServer.Runtime;

/// <summary>
/// Threads for calls that block. They start when they are needed, run calls in their order, and end when they are not needed.
/// </summary>
/// <param name="max">How many there may be.</param>
/// <param name="name">Their name.</param>
internal sealed class WorkerThreads(int max, string name)
{
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private int _threads;
    private int _idle;

    /// <summary>Any thread may call it.</summary>
    /// <param name="item">It must not throw.</param>
    internal void Enqueue(Action item)
    {
        lock (_gate)
        {
            _work.Enqueue(item);
            if (_idle >= _work.Count)
            {
                Monitor.Pulse(_gate);
                return;
            }
            if (_threads == max)
                return;
            _threads++;
        }
        try
        {
            new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
        }
        catch (Exception exception) when (exception is ThreadStartException or OutOfMemoryException)
        {
            // The system has no further thread. Others take the work, those that there are or the one that the next call starts.
            lock (_gate)
                _threads--;
        }
    }

    private void Run()
    {
        while (Next() is { } item)
            item();
    }

    private Action? Next()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                _idle++;
                bool isPulsed = Monitor.Wait(_gate, IdleLife);
                _idle--;
                if (!isPulsed && _work.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
            return _work.Dequeue();
        }
    }
}
