namespace AsyncServer.Runtime;

/// <summary>
/// Counts what is free of something on one hub. Who finds nothing free waits in line, and nobody overtakes the line; what was given to one
/// who is killed before going on passes to the next.
/// </summary>
/// <param name="free">How many there are.</param>
/// <param name="owner">What it belongs to, for messages, such as "queue".</param>
/// <param name="purpose">What those in line wait for, for reports.</param>
internal sealed class HubSemaphore(int free, string owner, string purpose)
{
    private readonly LinkedList<Place> _line = new();
    private Hub? _hub;

    internal int Free { get; private set; } = free;

    /// <exception cref="InvalidOperationException">This is not the hub that has used it first, or none.</exception>
    internal Hub CheckHub()
    {
        var current = Hub.Current ?? throw new InvalidOperationException($"A {owner} is used on a hub: see Hub.Run.");
        _hub ??= current;
        return ReferenceEquals(_hub, current)
            ? current
            : throw new InvalidOperationException(
                $"This {owner} belongs to hub {_hub.Id}, which has used it first; go there with Hub.Post or Hub.InvokeAsync.");
    }

    internal bool TryTake()
    {
        CheckHub();
        if (Free == 0)
            return false;
        Free--;
        return true;
    }

    /// <returns>False when the time was over.</returns>
    internal ValueTask<bool> TakeAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellation);
        return TryTake() ? new ValueTask<bool>(true) : new Place(this, CheckHub(), purpose).BeginAsync(timeout, cancellation);
    }

    /// <summary>Gives one back, or one more.</summary>
    internal void Release()
    {
        if (_line.First is { } first)
            first.Value.Complete(true);
        else
            Free++;
    }

    /// <summary>A place in the line; it leaves however its wait ends.</summary>
    private sealed class Place : TimedWait
    {
        private readonly HubSemaphore _semaphore;
        private readonly LinkedListNode<Place> _node;

        internal Place(HubSemaphore semaphore, Hub hub, string purpose) : base(hub, purpose)
        {
            _semaphore = semaphore;
            _node = semaphore._line.AddLast(this);
        }

        protected override void OnEnd()
        {
            base.OnEnd();
            _semaphore._line.Remove(_node);
        }

        protected override void OnResume(Coroutine? waited, bool result)
        {
            if (!result || waited is not { IsInterruptPending: true })
                return;
            _semaphore.Release();
            waited.ThrowIfInterrupted();
        }
    }
}
