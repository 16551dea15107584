using System.Threading.Tasks.Sources;

namespace AsyncServer.Runtime;

/// <summary>
/// One wait without a time limit for a coroutine's end: of who awaits the coroutine, or of who joins it. Both wait and joiner, since nearly
/// every coroutine that somebody waits for needs one. It ends on the waiter's hub.
/// </summary>
/// <param name="hub">The waiter's hub.</param>
/// <param name="target">The one whose end it is about, possibly of another hub.</param>
internal sealed class EndWait(Hub hub, Coroutine target) : Joiner, IValueTaskSource<bool>
{
    private static readonly Action<object?> EndOnHub = static self => ((EndWait)self!).TryEnd();

    private Coroutine? _waiting;
    private Delegate? _callback;
    private object? _state;
    private bool _isOver;
    private bool _isAwait; // not a join

    internal override string Purpose => $"the end of {target}";

    internal override bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>Whether a kill has ended the wait, and not the end of the other.</summary>
    internal bool IsInterrupted { get; private set; }

    /// <summary>Whether it is the await of this coroutine, and over.</summary>
    internal bool HasBroughtBack(Coroutine awaited) => _isOver && _isAwait && ReferenceEquals(target, awaited);

    /// <summary>Has a coroutine, or none, go on with this when the wait is over. Called on its hub's thread.</summary>
    internal void Begin(Coroutine? waiting, Delegate callback, object? state)
    {
        _waiting = waiting;
        _callback = callback;
        _state = state;
        _isAwait = callback is Action;
        waiting?.EnterWait(this);
    }

    internal override void Tell(Coroutine ended)
    {
        // The coroutine has ended on its hub, and only when that has stopped on no hub at all.
        if (ReferenceEquals(ended.Hub, hub) || hub.IsOnThread)
            TryEnd();
        else
            hub.Enqueue(new WorkItem(null, EndOnHub, this));
    }

    internal override bool Interrupt()
    {
        if (_isOver)
            return false;
        IsInterrupted = true;
        return TryEnd();
    }

    public ValueTaskSourceStatus GetStatus(short token) =>
        !_isOver ? ValueTaskSourceStatus.Pending : IsInterrupted ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Succeeded;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (_callback is not null)
            throw new InvalidOperationException("A wait may be awaited only once.");
        hub.CheckThread(); // elsewhere it could end between the question whether it has and this call
        ContextContinuation.Flow(ref continuation, ref state, flags);
        if (_isOver)
            hub.EnqueueHere(new WorkItem(hub.Running, continuation, state));
        else
            Begin(hub.Running, continuation, state);
    }

    public bool GetResult(short token)
    {
        if (!_isOver)
            throw new InvalidOperationException("The wait has not ended yet.");
        _waiting?.LeaveWait(this);
        _waiting = null;
        if (IsInterrupted)
            throw new OperationCanceledException("The coroutine was killed, or its hub stopped.", new CancellationToken(canceled: true));
        return true;
    }

    private bool TryEnd()
    {
        // On the hub's thread nobody else comes here; once it has stopped, several threads of the pool may.
        bool isOnPool = hub.HasStopped;
        if (isOnPool ? Interlocked.Exchange(ref _isOver, true) : _isOver)
            return false;
        Volatile.Write(ref _isOver, true);
        if (_callback is { } callback)
        {
            var item = new WorkItem(_waiting, callback, _state);
            if (isOnPool)
                hub.Enqueue(item);
            else
                hub.EnqueueHere(item);
        }
        (_callback, _state) = (null, null); // the target may live on, and keeps this until the next joiner comes
        return true;
    }
}
