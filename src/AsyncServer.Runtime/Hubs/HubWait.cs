using System.Threading.Tasks.Sources;

namespace AsyncServer.Runtime;

/// <summary>
/// One place where a coroutine waits on its hub, used again for wait after wait without allocating. Completed by the hub's
/// loop it resumes the coroutine at once; completed by running code it is queued, so that calls never nest.
/// </summary>
internal sealed class HubWait(Hub hub) : IValueTaskSource<bool>
{
    private enum Phase : byte { Idle, Waiting, Completed }

    private Action<object?>? _continuation;
    private object? _state;
    private Coroutine? _coroutine;
    private short _version;
    private Phase _phase;
    private bool _result;

    internal bool IsPending => _phase == Phase.Waiting;

    /// <exception cref="InvalidOperationException">Somebody waits here already.</exception>
    internal ValueTask<bool> Begin()
    {
        if (_phase != Phase.Idle)
            throw new InvalidOperationException("A wait of this kind is already under way on this connection; only one may be.");
        _phase = Phase.Waiting;
        return new ValueTask<bool>(this, _version);
    }

    /// <summary>Ends the wait, if there is one.</summary>
    internal void Complete(bool result)
    {
        if (_phase != Phase.Waiting)
            return;
        _phase = Phase.Completed;
        _result = result;
        if (_continuation is { } continuation)
            hub.Resume(_coroutine, continuation, _state);
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return _phase == Phase.Completed ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (_continuation is not null)
            throw new InvalidOperationException("A wait may be awaited only once.");
        hub.CheckThread(); // elsewhere it could end between the question whether it has and this call
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 && ExecutionContext.Capture() is { } context)
            (continuation, state) = (ContextContinuation.Run, new ContextContinuation(context, continuation, state));

        // Waits begin on the hub's thread alone, so the scheduling context is the current coroutine: no need to ask for it.
        _coroutine = Coroutine.Current;
        _state = state;
        _continuation = continuation;
        if (_phase == Phase.Completed)
            hub.Enqueue(new WorkItem(_coroutine, continuation, state));
    }

    public bool GetResult(short token)
    {
        Check(token);
        if (_phase != Phase.Completed)
            throw new InvalidOperationException("The wait has not ended yet.");
        bool result = _result;
        _version++;
        _phase = Phase.Idle;
        _continuation = null;
        _state = null;
        _coroutine = null;
        return result;
    }

    private void Check(short token)
    {
        if (token != _version)
            throw new InvalidOperationException("A wait may be awaited only once.");
    }

    private sealed record ContextContinuation(ExecutionContext Context, Action<object?> Continuation, object? State)
    {
        internal static readonly Action<object?> Run = static boxed =>
        {
            var self = (ContextContinuation)boxed!;
            ExecutionContext.Run(self.Context, static inner =>
            {
                var continuation = (ContextContinuation)inner!;
                continuation.Continuation(continuation.State);
            }, self);
        };
    }
}
