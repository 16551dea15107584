namespace AsyncServer.Runtime;

/// <summary>
/// How long a transfer may wait for its peer: never for a whole timeout without a byte, and no slower on average than a least rate, once a
/// grace is used up. Only the time spent waiting for the peer counts. It belongs to a hub's thread, and serves one transfer after the
/// other.
/// </summary>
/// <param name="timeout">The longest wait without a byte; <see cref="TimeSpan.Zero"/> for no limit.</param>
/// <param name="leastRate">Bytes a second on average; 0 for no limit.</param>
/// <param name="moved">Counts the bytes that have moved so far; asked when a wait starts and when its time seems to be up.</param>
public sealed class TransferPace(TimeSpan timeout, int leastRate, Func<long> moved)
{
    /// <summary>A peer may be slow at the start of a transfer; the rate counts only after that. Kestrel's value.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private const double LongestCredit = 1e9; // seconds: more would leave the range of a TimeSpan

    // Per transfer.
    private long _origin;
    private bool _hasWaited;
    private TimeSpan _waited;

    // Per wait.
    private TimeSpan _since;
    private TimeSpan _lastMove;
    private long _lastMoved;

    /// <summary>A transfer starts.</summary>
    /// <param name="origin">The count of bytes at its start, as the pace counts them.</param>
    public void Start(long origin)
    {
        _origin = origin;
        _hasWaited = false;
        _waited = TimeSpan.Zero;
    }

    /// <summary>A wait starts.</summary>
    /// <returns>How long it may take, above zero; <see cref="TimeSpan.Zero"/> for no limit.</returns>
    internal TimeSpan BeginWait(TimeSpan now)
    {
        _since = _lastMove = now; // something moved just before
        _lastMoved = moved();
        if (!_hasWaited)
            _origin = Math.Min(_origin, _lastMoved); // bytes of earlier transfers may still be on their way, and come first
        _hasWaited = true;
        if (timeout == TimeSpan.Zero && leastRate == 0)
            return TimeSpan.Zero;
        var left = Left(now);
        return left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1);
    }

    internal void EndWait(TimeSpan now) => _waited += now - _since;

    /// <summary>How much longer the current wait may take; zero or less when its time is up.</summary>
    internal TimeSpan Left(TimeSpan now)
    {
        long count = moved();
        if (count > _lastMoved)
            (_lastMoved, _lastMove) = (count, now);
        var byMove = timeout == TimeSpan.Zero ? TimeSpan.MaxValue : timeout - (now - _lastMove);
        if (leastRate == 0)
            return byMove;
        var credit = TimeSpan.FromSeconds(Math.Min((double)(count - _origin) / leastRate, LongestCredit));
        var byRate = Grace + credit - _waited - (now - _since);
        return byRate < byMove ? byRate : byMove;
    }
}
