namespace AsyncServer.Runtime;

/// <summary>A coroutine that awaits another one, possibly on another hub.</summary>
internal sealed class AwaitJoiner(Coroutine waiting, Coroutine target, Action continuation) : Joiner
{
    private static readonly Action<object?> ResumeCallback = static self => ((AwaitJoiner)self!).Resume();

    private int _isOver;
    private bool _isInterrupted;

    internal override string Purpose => $"the end of {target}";

    internal override bool IsOver => Volatile.Read(ref _isOver) != 0;

    internal override void Tell(Coroutine ended)
    {
        if (!TryEnd())
            return;
        if (ReferenceEquals(waiting.Hub, ended.Hub) && !ended.Hub.HasStopped)
            waiting.Hub.EnqueueHere(new WorkItem(waiting, ResumeCallback, this));
        else
            waiting.Hub.Enqueue(new WorkItem(waiting, ResumeCallback, this));
    }

    internal override bool Interrupt()
    {
        if (!TryEnd())
            return false;
        _isInterrupted = true;
        waiting.Hub.Enqueue(new WorkItem(waiting, ResumeCallback, this));
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

    private void Resume()
    {
        waiting.LeaveWait(this);
        if (_isInterrupted)
            waiting.InterruptJoin();
        continuation();
    }
}
