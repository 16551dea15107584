using System.Threading.Tasks.Sources;

namespace AsyncServer.Runtime;

/// <summary>
/// One place where a coroutine waits on its hub, used again for wait after wait without allocating. Completed by the hub's
/// loop it resumes the coroutine at once; completed by running code it is queued, so that calls never nest. A coroutine knows the waits
/// that it is in, so that a kill can end them.
/// </summary>
internal class HubWait(Hub hub) : PendingWait, IValueTaskSource<bool>, IValueTaskSource
{
    private enum Phase : byte { Idle, Waiting, Completed }

    private enum Outcome : byte { False, True, Interrupted }

    private Action<object?>? _continuation;
    private object? _state;
    private Coroutine? _coroutine;
    private short _version;
    private Phase _phase;
    private Outcome _outcome;

    internal bool IsPending => _phase == Phase.Waiting;

    internal override string Purpose => "input or output";

    protected Hub Hub => hub;

    /// <summary>Tells one use from the next.</summary>
    internal short Version => _version;

    /// <exception cref="InvalidOperationException">Somebody waits here already.</exception>
    internal ValueTask<bool> Begin()
    {
        Enter();
        return new ValueTask<bool>(this, _version);
    }

    /// <summary>Forgets a wait that began and that nobody awaits: memory ran out in between.</summary>
    internal void Forget()
    {
        if (_phase == Phase.Idle || _continuation is not null)
            return;
        _version++;
        _phase = Phase.Idle;
    }

    /// <summary>Ends the wait, if there is one.</summary>
    internal void Complete(bool result) => _ = End(result ? Outcome.True : Outcome.False);

    internal override bool Interrupt() => End(Outcome.Interrupted);

    /// <summary>
    /// Has a token end the wait that is under way, and none after it. The current coroutine's own need not: a kill ends the wait anyway.
    /// </summary>
    internal CancellationTokenRegistration InterruptOn(CancellationToken cancellation) =>
        cancellation.CanBeCanceled && hub.Running?.IsOwnAndAlive(cancellation) != true
            ? cancellation.UnsafeRegister(WaitCancellation.Callback, new WaitCancellation(this, hub, _version)) : default;

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return _phase != Phase.Completed ? ValueTaskSourceStatus.Pending
            : _outcome == Outcome.Interrupted ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Succeeded;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (_continuation is not null)
            throw new InvalidOperationException("A wait may be awaited only once.");
        hub.CheckThread(); // elsewhere it could end between the question whether it has and this call
        ContextContinuation.Flow(ref continuation, ref state, flags);

        // Waits begin on the hub's thread alone, so the scheduling context is the current coroutine: no need to ask for it.
        _coroutine = hub.Running;
        _state = state;
        _continuation = continuation;
        if (_phase == Phase.Completed)
            hub.Enqueue(new WorkItem(_coroutine, continuation, state));
        else
            _coroutine?.EnterWait(this);
    }

    public bool GetResult(short token)
    {
        Check(token);
        if (_phase != Phase.Completed)
            throw new InvalidOperationException("The wait has not ended yet.");
        var outcome = _outcome;
        var coroutine = _coroutine;
        coroutine?.LeaveWait(this);
        _version++;
        _phase = Phase.Idle;
        _continuation = null;
        _state = null;
        _coroutine = null;
        if (outcome == Outcome.Interrupted)
            throw Interruption();
        OnResume(coroutine, outcome == Outcome.True);
        return outcome == Outcome.True;
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    protected void Enter()
    {
        if (_phase != Phase.Idle)
            throw new InvalidOperationException("A wait of this kind is already under way on this connection; only one may be.");
        _phase = Phase.Waiting;
    }

    /// <summary>The wait is over, however it ended.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>The one who waited goes on with a result; what this throws is thrown there.</summary>
    protected virtual void OnResume(Coroutine? waited, bool result)
    {
    }

    protected virtual OperationCanceledException Interruption() =>
        new("The coroutine was killed, or its hub stopped.", new CancellationToken(canceled: true));

    private bool End(Outcome outcome)
    {
        if (_phase != Phase.Waiting)
            return false;
        _phase = Phase.Completed;
        _outcome = outcome;
        OnEnd();
        if (_continuation is { } continuation)
            hub.Resume(_coroutine, continuation, _state);
        return true;
    }

    private void Check(short token)
    {
        if (token != _version)
            throw new InvalidOperationException("A wait may be awaited only once.");
    }

    // The token may be cancelled on any thread, and its news may come when the same object serves the next wait.
    private sealed record WaitCancellation(HubWait Wait, Hub Hub, short Version)
    {
        internal static readonly Action<object?> Callback = static self => ((WaitCancellation)self!).Post();
        private static readonly Action<object?> InterruptCallback = static self => ((WaitCancellation)self!).Interrupt();

        private void Post() => Hub.Enqueue(new WorkItem(null, InterruptCallback, this));

        private void Interrupt()
        {
            if (Wait._version == Version)
                Wait.Interrupt();
        }
    }
}
