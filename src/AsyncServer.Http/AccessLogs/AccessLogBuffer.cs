namespace AsyncServer.Http;

/// <summary>
/// The lines of one hub that nobody has written yet. The hub fills one of two arrays and the writer empties the other, so that a disk that
/// stands still never holds up a hub: once an array is full, lines are dropped and counted.
/// </summary>
internal sealed class AccessLogBuffer : IServerObserver
{
    /// <summary>Bytes of lines that wait for the writer, some seven thousand lines: 0.1 s of a hub that has nothing else to do.</summary>
    internal const int Size = 1024 * 1024;

    private readonly AccessLog _log;
    private readonly AccessLineFormatter _formatter;
    private readonly TimeProvider _time;

    // Nearly always free: its hub and, a few times a second, the writer want it. An app that outlives its hub may end anywhere.
    private readonly Lock _lock = new();
    private byte[] _filling = GC.AllocateUninitializedArray<byte>(Size);
    private byte[] _emptying = GC.AllocateUninitializedArray<byte>(Size);
    private int _length;
    private long _lost;

    internal AccessLogBuffer(AccessLog log, AccessLogFormat format, TimeProvider time)
    {
        _log = log;
        _formatter = new AccessLineFormatter(format, time);
        _time = time;
    }

    /// <summary>Adds a line.</summary>
    public void RequestEnded(Exchange exchange, in RequestOutcome outcome)
    {
        long now = outcome.Ended;
        var entry = new AccessEntry(exchange, outcome, _time.GetElapsedTime(outcome.Started ?? now, now));
        bool isFirst, isHalf;
        lock (_lock)
        {
            var line = new AccessLine(_filling.AsSpan(_length));
            _formatter.Write(ref line, entry, now);
            if (line.IsFull)
            {
                _lost++;
                return;
            }
            isFirst = _length == 0;
            isHalf = _length < Size / 2 && _length + line.Length >= Size / 2;
            _length += line.Length;
        }
        if (isFirst || isHalf)
            _log.Wake(hurry: isHalf);
    }

    /// <summary>For the writer: all lines so far, which stay as they are until the next call.</summary>
    internal ReadOnlyMemory<byte> Take(out long lost)
    {
        lock (_lock)
        {
            (_filling, _emptying) = (_emptying, _filling);
            var lines = _emptying.AsMemory(0, _length);
            lost = _lost;
            _length = 0;
            _lost = 0;
            return lines;
        }
    }
}
