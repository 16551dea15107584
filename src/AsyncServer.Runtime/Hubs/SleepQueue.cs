namespace AsyncServer.Runtime;

/// <summary>
/// The hub's precise sleeps, earliest first and those of one time in the order of their calls. A cancelled sleep stays for a
/// while: cheaper than to search for it.
/// </summary>
internal sealed class SleepQueue(Hub hub)
{
    // Below this many, cancelled sleeps are not worth a look at all the others.
    private const int MinCancelledToPurge = 64;

    private PriorityQueue<Sleep, (long Due, long Order)> _sleeps = new();
    private long _lastOrder;
    private int _cancelled;

    internal int Count => _sleeps.Count;

    internal long Earliest => _sleeps.TryPeek(out _, out var when) ? when.Due : ConnectionTable.NoDeadline;

    internal async ValueTask WaitAsync(long due, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var sleep = new Sleep(hub, this);
        var wait = sleep.Wait.Begin();
        _sleeps.Enqueue(sleep, (due, ++_lastOrder));
        using (cancellation.UnsafeRegister(static state => ((Sleep)state!).CancelFromAnyThread(), sleep))
        {
            if (!await wait)
                throw new OperationCanceledException(cancellation.IsCancellationRequested ? cancellation : new CancellationToken(canceled: true));
        }
    }

    internal void WakeDue(long now)
    {
        while (_sleeps.TryPeek(out var sleep, out var when) && when.Due <= now)
        {
            _sleeps.Dequeue();
            if (sleep.IsCancelled)
                _cancelled--;
            else
                sleep.Wait.Complete(true);
        }
    }

    internal void CancelAll()
    {
        while (_sleeps.TryDequeue(out var sleep, out _))
            sleep.Wait.Complete(false);
    }

    private void Cancel(Sleep sleep)
    {
        if (!sleep.Wait.IsPending)
            return;
        sleep.IsCancelled = true;
        sleep.Wait.Complete(false);
        if (++_cancelled < MinCancelledToPurge || _cancelled < _sleeps.Count / 2)
            return;
        _sleeps = new(_sleeps.UnorderedItems.Where(static item => !item.Element.IsCancelled));
        _cancelled = 0;
    }

    private sealed class Sleep(Hub hub, SleepQueue queue)
    {
        private static readonly Action<object?> Cancel = static state => ((Sleep)state!).CancelOnHub();

        internal HubWait Wait { get; } = new(hub);

        internal bool IsCancelled { get; set; }

        internal void CancelFromAnyThread() => hub.Enqueue(new WorkItem(null, Cancel, this));

        private void CancelOnHub() => queue.Cancel(this);
    }
}
