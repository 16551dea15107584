namespace AsyncServer.Runtime;

/// <summary>How long a listener pauses when the process runs short of descriptors or memory: 10 ms, doubling to 1 s.</summary>
internal sealed class AcceptBackoff
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private TimeSpan _next = Shortest;
    private long _reportAfter;

    internal TimeSpan Next()
    {
        var pause = _next;
        _next = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, Longest.Ticks));
        return pause;
    }

    internal void Reset() => _next = Shortest;

    /// <summary>Whether it is time for a line in the log: at most one a second.</summary>
    internal bool ShouldReport(long now)
    {
        if (now < _reportAfter)
            return false;
        _reportAfter = now + ReportInterval.Ticks;
        return true;
    }
}
