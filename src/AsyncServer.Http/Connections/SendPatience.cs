using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// How long a response may wait for its client: not at all without a byte taken for <see cref="HttpLimits.SendTimeout"/>, and no slower than
/// <see cref="HttpLimits.MinResponseDataRate"/> on average. What counts is what the client's system has acknowledged: room in our own tells
/// little, since it may take megabytes at once and then report none for minutes.
/// </summary>
internal sealed class SendPatience(HttpLimits limits)
{
    // A client may be slow at the beginning of a response; only then does the rate count. Kestrel's value.
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    private const double LongestCredit = 1e9; // seconds: more would leave the range of a TimeSpan

    private Func<TimeSpan>? _left;
    private Connection _connection = null!;
    private long _start;
    private bool _hasWaited;
    private TimeSpan _waited;
    private TimeSpan _since;
    private TimeSpan _lastMove;
    private long _taken;

    /// <summary>The connection is busy from now on: what it sends counts.</summary>
    internal void Take(Connection connection)
    {
        _connection = connection;
        _start = connection.SentCount;
        _hasWaited = false;
        _waited = TimeSpan.Zero;
    }

    /// <summary>A wait for the client begins: arms the connection's deadline.</summary>
    internal void Begin()
    {
        _since = _lastMove = _connection.Hub.Now; // something was sent just before
        _taken = _connection.TakenCount;
        if (!_hasWaited)
            _start = Math.Min(_start, _taken); // answers to earlier requests may be on their way still, and come first
        _hasWaited = true;
        _left ??= Left;
        var left = Left();
        _connection.SetDeadline(left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1), _left); // zero would mean no deadline
    }

    internal void Forget() => _connection = null!;

    internal void End() => _waited += _connection.Hub.Now - _since;

    private TimeSpan Left()
    {
        var now = _connection.Hub.Now;
        long taken = _connection.TakenCount;
        if (taken > _taken)
            (_taken, _lastMove) = (taken, now);
        var byMove = limits.SendTimeout == TimeSpan.Zero ? TimeSpan.MaxValue : limits.SendTimeout - (now - _lastMove);
        if (limits.MinResponseDataRate == 0)
            return byMove;
        var credit = TimeSpan.FromSeconds(Math.Min((double)(taken - _start) / limits.MinResponseDataRate, LongestCredit));
        var byRate = RateGrace + credit - _waited - (now - _since);
        return byRate < byMove ? byRate : byMove;
    }
}
