namespace AsyncServer.Runtime;

/// <summary>A coroutine that awaits another one, possibly on another hub.</summary>
internal sealed class AwaitJoiner(Coroutine waiting, Coroutine target, Action continuation) : Joiner
{
    private int _isOver;

    internal override string Purpose => $"the end of {target}";

    internal override bool IsOver => Volatile.Read(ref _isOver) != 0;

    /// <summary>The one that is awaited.</summary>
    internal Coroutine Target => target;

    /// <summary>Whether a kill has ended the wait, and not the end of the other.</summary>
    internal bool IsInterrupted { get; private set; }

    internal override void Tell(Coroutine ended)
    {
        if (!TryEnd())
            return;
        if (ReferenceEquals(waiting.Hub, ended.Hub) && !ended.Hub.HasStopped)
            waiting.Hub.EnqueueHere(new WorkItem(waiting, continuation, null));
        else
            waiting.Hub.Enqueue(new WorkItem(waiting, continuation, null));
    }

    internal override bool Interrupt()
    {
        if (!TryEnd())
            return false;
        IsInterrupted = true;
        waiting.Hub.Enqueue(new WorkItem(waiting, continuation, null));
        return true;
    }

    // Both are told on their own hubs' threads: on one and the same, no other thread comes here.
    private bool TryEnd()
    {
        if (!ReferenceEquals(waiting.Hub, target.Hub))
            return Interlocked.Exchange(ref _isOver, 1) == 0;
        bool isFirst = _isOver == 0;
        _isOver = 1;
        return isFirst;
    }
}
