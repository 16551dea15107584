namespace AsyncServer.Runtime;

/// <summary>The hub's precise sleeps, earliest first. A cancelled sleep stays until its time comes, and then wakes nobody.</summary>
internal sealed class SleepQueue(Hub hub)
{
    private readonly PriorityQueue<Sleep, long> _sleeps = new();

    internal long Earliest => _sleeps.TryPeek(out _, out long due) ? due : ConnectionTable.NoDeadline;

    internal async ValueTask WaitAsync(long due, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var sleep = new Sleep(hub);
        var wait = sleep.Wait.Begin();
        _sleeps.Enqueue(sleep, due);
        using (cancellation.UnsafeRegister(static state => ((Sleep)state!).CancelFromAnyThread(), sleep))
        {
            if (!await wait)
                throw new OperationCanceledException(cancellation.IsCancellationRequested ? cancellation : new CancellationToken(canceled: true));
        }
    }

    internal void WakeDue(long now)
    {
        while (_sleeps.TryPeek(out var sleep, out long due) && due <= now)
        {
            _sleeps.Dequeue();
            sleep.Wait.Complete(true);
        }
    }

    internal void CancelAll()
    {
        while (_sleeps.TryDequeue(out var sleep, out _))
            sleep.Wait.Complete(false);
    }

    private sealed class Sleep(Hub hub)
    {
        private static readonly Action<object?> Cancel = static state => ((HubWait)state!).Complete(false);

        internal HubWait Wait { get; } = new(hub);

        internal void CancelFromAnyThread() =>
            hub.Enqueue(new WorkItem(null, Cancel, Wait));
    }
}
