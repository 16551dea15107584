namespace AsyncServer.Runtime;

/// <summary>Descriptors for <c>poll(2)</c>, with their tokens. The first place is the wake descriptor's.</summary>
internal sealed unsafe class PollSet
{
    private const short In = 0x001;
    private const short Out = 0x004;
    private const short Error = 0x008;
    private const short HangUp = 0x010;
    private const short Invalid = 0x020;
    private const short ReadHangUp = 0x2000;

    private readonly Dictionary<int, int> _places = [];
    private PollRecord[] _records;
    private long[] _tokens;

    internal PollSet(int capacity)
    {
        _records = new PollRecord[capacity + 1];
        _tokens = new long[capacity + 1];
        _records[0].Interest = In;
    }

    /// <summary>One more than the last place that is taken.</summary>
    internal int End { get; private set; } = 1;

    internal int WakeDescriptor { set => _records[0].Descriptor = value; }

    /// <summary>Whether the last poll found the wake descriptor signalled.</summary>
    internal bool IsWoken => _records[0].Reported != 0;

    internal void Add(int descriptor, long token)
    {
        _places.Add(descriptor, End);
        if (End == _records.Length)
        {
            Array.Resize(ref _records, End * 2);
            Array.Resize(ref _tokens, End * 2);
        }
        _records[End] = new PollRecord { Descriptor = descriptor };
        _tokens[End++] = token;
    }

    internal void Arm(int descriptor, PollEvents interest)
    {
        if (_places.TryGetValue(descriptor, out int place))
            _records[place].Interest |= ToNative(interest);
    }

    internal void Disarm(int descriptor, PollEvents interest)
    {
        if (_places.TryGetValue(descriptor, out int place))
            _records[place].Interest &= (short)~ToNative(interest);
    }

    /// <summary>The last one takes its place.</summary>
    internal void Remove(int descriptor)
    {
        if (!_places.Remove(descriptor, out int place))
            return;
        End--;
        if (place == End)
            return;
        _records[place] = _records[End];
        _tokens[place] = _tokens[End];
        _places[_records[place].Descriptor] = place;
    }

    /// <summary>Polls all, and returns how many have something to report, the wake descriptor included.</summary>
    internal int Poll(int timeoutMilliseconds) => Poll(0, End, timeoutMilliseconds);

    /// <summary>Polls the wake descriptor alone.</summary>
    internal int PollWake(int timeoutMilliseconds) => Poll(0, 1, timeoutMilliseconds);

    /// <summary>Tries one, without waiting.</summary>
    internal int Try(int place) => Poll(place, 1, 0);

    /// <summary>What the last poll of a place found.</summary>
    internal PollEvents Read(int place, out long token)
    {
        short native = _records[place].Reported;
        token = _tokens[place];
        var events = PollEvents.None;
        if ((native & In) != 0)
            events |= PollEvents.Readable;
        if ((native & Out) != 0)
            events |= PollEvents.Writable;
        if ((native & ReadHangUp) != 0)
            events |= PollEvents.PeerClosed;
        if ((native & (Error | HangUp | Invalid)) != 0)
            events |= PollEvents.Broken;
        return events;
    }

    /// <summary>Writes what the last poll of all has found, from <paramref name="next"/> on and round.</summary>
    /// <param name="events">Receives it.</param>
    /// <param name="ready">How much there is.</param>
    /// <param name="next">Where to begin, and where to begin the next time.</param>
    internal int Collect(Span<PollEvent> events, int ready, ref int next)
    {
        int count = 0;
        ready = Math.Min(ready, events.Length);
        for (int looks = End - 1; looks > 0 && count < ready; looks--)
        {
            if (next >= End)
                next = 1;
            var what = Read(next++, out long token);
            if (what != PollEvents.None)
                events[count++] = new PollEvent(token, what);
        }
        return count;
    }

    private int Poll(int first, int count, int timeoutMilliseconds)
    {
        int ready;
        // Safe: pinned for the length of the call, and first and count lie within the array.
        fixed (PollRecord* records = &_records[first])
            ready = Libc.Poll(records, (nuint)count, timeoutMilliseconds);
        if (ready >= 0)
            return ready;
        int error = Errno.Last;
        if (error != Errno.Interrupted)
            throw Errno.ToException(error, "poll");
        for (int place = first; place < first + count; place++)
            _records[place].Reported = 0;
        return 0;
    }

    private static short ToNative(PollEvents interest)
    {
        int native = 0;
        if ((interest & PollEvents.Readable) != 0)
            native |= In | ReadHangUp;
        if ((interest & PollEvents.Writable) != 0)
            native |= Out;
        return (short)native;
    }
}
