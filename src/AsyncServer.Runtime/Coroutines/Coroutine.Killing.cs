namespace AsyncServer.Runtime;

/// <content>Ending a coroutine from outside.</content>
public partial class Coroutine
{
    private static readonly Action<object?> KillCallback = static self => ((Coroutine)self!).Kill();
    private static readonly Action<object?> StopCallback = static self => ((Coroutine)self!).CancelAndInterrupt();
    private static readonly Action<object?> CancelCallback = static source => ((CancellationTokenSource)source!).Cancel();

    /// <summary>
    /// Cancelled when the coroutine is killed or its hub stops. Waits of this library need no token, they end anyway; hand it to all
    /// others.
    /// </summary>
    public CancellationToken CancellationToken
    {
        get
        {
            var details = Detail;
            if (details.Cancellation is { } made)
                return made.Token;
            var source = new CancellationTokenSource();
            if (Interlocked.CompareExchange(ref details.Cancellation, source, null) is { } other)
                return other.Token;
            if (Has(States.Killed))
                source.Cancel();
            return source.Token;
        }
    }

    /// <summary>
    /// Ends the coroutine and waits for its end (gevent: <c>kill</c>). Whatever wait of this library it is in throws an
    /// <see cref="OperationCanceledException"/> there, once, or else its next one does, and its <see cref="CancellationToken"/> is
    /// cancelled; <c>finally</c> blocks run and may wait. Killed before its start it never runs; killing itself throws at once.
    /// </summary>
    /// <param name="grace">How long to wait for the end; infinite when left out.</param>
    /// <returns>
    /// Whether it has ended. If not it is given up and reported to <see cref="IHubObserver.CoroutineAbandoned"/>; it may go on for ever.
    /// </returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    /// <exception cref="OperationCanceledException">The one who kills was killed, or is killing itself.</exception>
    public async ValueTask<bool> KillAsync(TimeSpan? grace = null)
    {
        _ = CurrentHub();
        _isObserved = true;
        if (IsCompleted)
            return true;
        BeginKill();
        if (ReferenceEquals(Current, this))
        {
            _states &= ~States.InterruptPending;
            throw new OperationCanceledException("The coroutine has killed itself.", CancellationToken);
        }
        if (await JoinAsync(grace))
            return true;
        Hub.ReportAbandoned(this, grace!.Value);
        return false;
    }

    /// <summary>Kills several coroutines at the same time and waits for their ends (gevent: <c>killall</c>).</summary>
    /// <param name="coroutines">Which. The one that calls this is killed last.</param>
    /// <param name="grace">For all together; infinite when left out.</param>
    /// <returns>Whether all have ended.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static async ValueTask<bool> KillAllAsync(IEnumerable<Coroutine> coroutines, TimeSpan? grace = null)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        var others = coroutines.Where(static coroutine => !ReferenceEquals(coroutine, Current)).ToList();
        bool isSelfMeant = coroutines.Any(static coroutine => ReferenceEquals(coroutine, Current));
        foreach (var coroutine in others)
            coroutine.BeginKill();
        bool areDead = await JoinAllAsync(others, grace);
        foreach (var left in others.Where(static coroutine => !coroutine.IsCompleted))
            left.Hub.ReportAbandoned(left, grace!.Value);
        if (isSelfMeant)
            await Current!.KillAsync();
        return areDead;
    }

    /// <summary>
    /// Whether a token is its <see cref="CancellationToken"/>, and a kill is yet to come: that ends the waits that have begun before it.
    /// One that begins between a kill and the token's turn needs the token.
    /// </summary>
    internal bool IsOwnAndAlive(CancellationToken cancellation) =>
        !IsKilled && _details?.Cancellation is { } source && source.Token == cancellation;

    /// <summary>Asks for the end and does not wait for it; any thread may call it.</summary>
    internal void BeginKill()
    {
        if (Hub.IsOnThread)
            Kill();
        else
            Hub.Enqueue(new WorkItem(null, KillCallback, this));
    }

    /// <summary>The hub stops: waits end as in a kill.</summary>
    internal void Stop() => Hub.Enqueue(new WorkItem(null, StopCallback, this));

    /// <summary>Ends the waits that the coroutine is in; without any, its next one.</summary>
    private void Interrupt()
    {
        bool hasEnded = false;
        for (var wait = _waits; wait is not null; wait = wait.Next)
            hasEnded |= wait.Interrupt();
        if (!hasEnded)
            _states |= States.InterruptPending;
    }

    internal void EnterWait(PendingWait wait)
    {
        wait.Next = _waits;
        _waits = wait;
        if (IsLimited)
            TimeLimit.Enter(wait, this);
        if (Has(States.InterruptPending))
        {
            _states &= ~States.InterruptPending;
            wait.Interrupt();
        }
    }

    internal void LeaveWait(PendingWait wait)
    {
        if (ReferenceEquals(_waits, wait))
        {
            _waits = wait.Next;
        }
        else
        {
            var before = _waits;
            while (before is not null && !ReferenceEquals(before.Next, wait))
                before = before.Next;
            if (before is not null)
                before.Next = wait.Next;
        }
        wait.Next = null;
        if (wait.Limit is not null)
            TimeLimit.Leave(wait);
    }

    /// <summary>
    /// A kill that came while the coroutine was in no wait takes effect in this one, which is no <see cref="PendingWait"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    internal void ThrowIfInterrupted()
    {
        if (!Has(States.InterruptPending))
            return;
        _states &= ~States.InterruptPending;
        throw new OperationCanceledException("The coroutine was killed, or its hub stopped.", new CancellationToken(canceled: true));
    }

    /// <summary>Leaves the await of another coroutine that has brought this one back.</summary>
    /// <returns>Whether it was a kill that did.</returns>
    internal bool LeaveJoin(Coroutine target)
    {
        for (var wait = _waits; wait is not null; wait = wait.Next)
        {
            if (wait is not EndWait end || !end.HasBroughtBack(target))
                continue;
            LeaveWait(end);
            return end.IsInterrupted;
        }
        return false;
    }

    private void Kill()
    {
        if (IsCompleted)
            return;
        _states |= States.Killed;
        if (_state is DelayedStart.Delayed { Alarm: var alarm })
            alarm.Cancel();
        if (!Has(States.Started))
            return; // it is queued, and ends there without a run
        CancelAndInterrupt();
    }

    private void CancelAndInterrupt()
    {
        if (_details?.Cancellation is { IsCancellationRequested: false } source)
            Hub.Enqueue(new WorkItem(null, CancelCallback, source)); // its callbacks are other people's code: they get a turn of their own
        Interrupt();
    }
}
