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
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
            waiting.Hub.Enqueue(new WorkItem(waiting, ResumeCallback, this));
    }

    internal override bool Interrupt()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
            return false;
        _isInterrupted = true;
        waiting.Hub.Enqueue(new WorkItem(waiting, ResumeCallback, this));
        return true;
    }

    private void Resume()
    {
        waiting.LeaveWait(this);
        if (_isInterrupted)
            waiting.InterruptJoin();
        continuation();
    }
}
