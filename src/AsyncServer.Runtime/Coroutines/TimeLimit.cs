namespace AsyncServer.Runtime;

/// <summary>
/// A time limit on a part of a coroutine. It flows with the execution context, so that waits of two parts that run side by side are kept
/// apart; waits begun inside are told to it and to those around it. It also flows into coroutines that are spawned inside, possibly on
/// other hubs, and means nothing there.
/// </summary>
internal sealed class TimeLimit : IAlarm, IDisposable
{
    private static readonly AsyncLocal<TimeLimit?> Innermost = new();

    private readonly Coroutine _coroutine;
    private readonly TimeLimit? _outer;
    private readonly CancellationTokenSource _cancellation;
    private readonly List<PendingWait> _waits = [];
    private bool _isQueued;
    private bool _hasStruck; // the first wait after the time is over ends, if none was under way then; those of finally blocks do not

    internal TimeLimit(Coroutine coroutine, TimeSpan timeout)
    {
        _coroutine = coroutine;
        _outer = InnermostOf(coroutine);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(coroutine.CancellationToken,
            _outer?.Token ?? CancellationToken.None);
        Innermost.Value = this;
        coroutine.EnterTimeLimit();
        if (timeout == Timeout.InfiniteTimeSpan)
            return;
        if (timeout <= TimeSpan.Zero)
        {
            OnDue();
            return;
        }
        var hub = coroutine.Hub;
        hub.Clock.Update();
        hub.Alarms.Add(this, hub.Clock.DueAfter(timeout));
        _isQueued = true;
    }

    public bool IsOff { get; private set; }

    internal bool IsOver { get; private set; }

    internal CancellationToken Token => _cancellation.Token;

    /// <summary>A wait of the coroutine begins.</summary>
    internal static void Enter(PendingWait wait, Coroutine coroutine)
    {
        wait.Limit = InnermostOf(coroutine);
        for (var limit = wait.Limit; limit is not null; limit = limit._outer)
        {
            limit._waits.Add(wait);
            if (limit.IsOver && !limit._hasStruck)
                limit._hasStruck = wait.Interrupt();
        }
    }

    internal static void Leave(PendingWait wait)
    {
        for (var limit = wait.Limit; limit is not null; limit = limit._outer)
            limit._waits.Remove(wait);
        wait.Limit = null;
    }

    public void OnDue()
    {
        _isQueued = false;
        IsOver = true;
        _coroutine.Hub.Post(CancelToken); // its callbacks are other people's code: they get a turn of their own
        foreach (var wait in _waits.ToArray())
            _hasStruck |= wait.Interrupt();
    }

    private static TimeLimit? InnermostOf(Coroutine coroutine) =>
        Innermost.Value is { } limit && ReferenceEquals(limit._coroutine, coroutine) ? limit : null;

    private void CancelToken()
    {
        if (!IsOff)
            _cancellation.Cancel();
    }

    public void OnStop() => _isQueued = false;

    public void Dispose()
    {
        IsOff = true;
        Innermost.Value = _outer;
        _coroutine.LeaveTimeLimit();
        if (_isQueued)
            _coroutine.Hub.Alarms.TurnedOff();
        _cancellation.Dispose();
    }
}
