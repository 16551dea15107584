namespace AsyncServer.Runtime;

/// <summary>Wakes a hub whose clock is not the system's: one timer of that clock, set to the hub's next deadline.</summary>
internal sealed class ForeignAlarm
{
    // A clock that a test advances stands still between two looks sooner or later. One that runs moves on for ever, by less
    // than this: a timer that is late by so little is as good as any.
    private const int ExactTries = 4;
    private static readonly long Tolerance = TimeSpan.FromMilliseconds(1).Ticks;

    // Timers of the BCL take 49 days at most; an alarm that comes early is set again.
    private static readonly long Longest = TimeSpan.FromDays(1).Ticks;

    private readonly HubClock _clock;
    private readonly ITimer _timer;

    internal ForeignAlarm(HubClock clock, Action wake)
    {
        _clock = clock;
        _timer = clock.Provider.CreateTimer(static wake => ((Action)wake!)(), wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets the alarm; false when the time has come already.</summary>
    internal bool TrySet(long due)
    {
        if (due == EntryTable.NoDeadline)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return true;
        }
        for (int tries = 1; ; tries++)
        {
            _clock.Update();
            long seen = _clock.Now;
            if (due <= seen)
                return false;
            _timer.Change(TimeSpan.FromTicks(Math.Min(due - seen, Longest)), Timeout.InfiniteTimeSpan);

            // Had the clock moved between the look and the call, the timer would be late by as much.
            _clock.Update();
            long moved = _clock.Now - seen;
            if (moved == 0 || (tries >= ExactTries && moved < Tolerance))
                return due > _clock.Now;
        }
    }

    internal void End() => _timer.Dispose();
}
