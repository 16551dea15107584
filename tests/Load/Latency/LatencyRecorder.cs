namespace AsyncServer.Load;

/// <summary>Collects latencies as answers come, in all and second by second, in little memory.</summary>
internal sealed class LatencyRecorder
{
    private readonly Histogram _total = new();
    private readonly Histogram _current = new();
    private readonly List<LatencySecond> _seconds = [];
    private int _second;

    /// <param name="latency">From the intended moment of asking to the last byte of the answer.</param>
    /// <param name="at">When the last byte came, from the load's start; not before that of the call before.</param>
    public void Record(TimeSpan latency, TimeSpan at)
    {
        int second = (int)at.TotalSeconds;
        if (second != _second)
        {
            EndSecond();
            _second = second;
        }
        _current.Record(latency);
    }

    /// <summary>What was recorded so far, the second that runs included.</summary>
    public (LatencySummary Total, IReadOnlyList<LatencySecond> Seconds) Summarize()
    {
        EndSecond();
        return (LatencySummary.Of(_total), _seconds);
    }

    private void EndSecond()
    {
        if (_current.Count == 0)
            return;
        _seconds.Add(new LatencySecond(_second, _current.Count, _current.Percentile(50), _current.Percentile(99)));
        _total.Merge(_current);
        _current.Clear();
    }
}
