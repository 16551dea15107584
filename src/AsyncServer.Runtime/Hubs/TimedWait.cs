namespace AsyncServer.Runtime;

/// <summary>One wait with a time limit, a cancellation token, or neither. It is used once.</summary>
/// <param name="hub">The current hub.</param>
/// <param name="purpose">
/// For reports: words such as "sleep", or the coroutine whose end it waits for, which gets its words only if somebody asks.
/// </param>
internal class TimedWait(Hub hub, object purpose) : HubWait(hub), IAlarm
{
    private static readonly Action<object?> CancelOnHub = static self => ((TimedWait)self!).Interrupt();
    private static readonly Action<object?> SignalOnHub = static self => ((TimedWait)self!).Complete(true);

    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private bool _isQueued;
    private bool _resultWhenDue;

    public bool IsOff => !IsPending;

    internal override string Purpose => purpose as string ?? $"the end of {purpose}";

    /// <summary>Begins a wait that ends with true when it is signalled and with false when the time is over.</summary>
    /// <param name="timeout"><see cref="Timeout.InfiniteTimeSpan"/> for no limit; zero or less is over at once.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    internal ValueTask<bool> BeginAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        Begin(timeout, cancellation);
        return new ValueTask<bool>(this, Version);
    }

    /// <summary>Begins a wait for the time itself.</summary>
    internal ValueTask SleepAsync(TimeSpan duration, CancellationToken cancellation)
    {
        _resultWhenDue = true;
        Begin(duration, cancellation);
        return new ValueTask(this, Version);
    }

    /// <summary>Ends the wait with true; any thread may call it.</summary>
    internal void Signal()
    {
        if (Hub.IsOnThread)
            Complete(true);
        else
            Hub.Enqueue(new WorkItem(null, SignalOnHub, this));
    }

    public void OnDue()
    {
        _isQueued = false;
        Complete(_resultWhenDue);
    }

    public void OnStop()
    {
        _isQueued = false;
        Interrupt();
    }

    protected override void OnEnd()
    {
        _registration.Unregister();
        if (_isQueued)
            Hub.Alarms.TurnedOff();
    }

    protected override OperationCanceledException Interruption() =>
        _cancellation.IsCancellationRequested ? new OperationCanceledException(_cancellation) : base.Interruption();

    private void Begin(TimeSpan timeout, CancellationToken cancellation)
    {
        Enter();
        _cancellation = cancellation;
        if (Hub.IsStopping || cancellation.IsCancellationRequested)
        {
            Interrupt();
            return;
        }
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            if (timeout <= TimeSpan.Zero)
            {
                Complete(_resultWhenDue);
                return;
            }
            Hub.Clock.Update();
            Hub.Alarms.Add(this, Hub.Clock.DueAfter(timeout));
            _isQueued = true;
        }
        // Its callback may come from any thread, and in this call.
        _registration = cancellation.UnsafeRegister(static self => ((TimedWait)self!).Hub.Enqueue(new WorkItem(null, CancelOnHub, self)),
            this);
    }
}
