namespace AsyncServer.Runtime;

/// <summary>
/// Everything that a hub polls or times, by slot. A token is slot + generation, so that an event about a closed descriptor
/// never reaches the one that took its place. Deadlines lie in an array of their own: a sweep over ten thousand of them
/// reads 80 KB in a row.
/// </summary>
internal sealed class EntryTable(int capacity)
{
    internal const long NoDeadline = long.MaxValue;

    private IHubEntry?[] _entries = new IHubEntry?[capacity];
    private long[] _deadlines = new long[capacity];
    private uint[] _generations = new uint[capacity];
    private readonly Stack<int> _free = new();
    private int _used;
    private int _swept;

    internal int Count { get; private set; }

    internal int Add(IHubEntry entry)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == _entries.Length)
                Grow();
            slot = _used++;
        }
        _entries[slot] = entry;
        _deadlines[slot] = NoDeadline;
        Count++;
        return slot;
    }

    internal void Remove(int slot)
    {
        _entries[slot] = null;
        _deadlines[slot] = NoDeadline;
        _generations[slot]++;
        _free.Push(slot);
        Count--;
    }

    // The generation takes the upper 31 bits: tokens stay positive, negative ones are the pollers' own.
    internal long Token(int slot) => ((long)(_generations[slot] & 0x7FFF_FFFF) << 32) | (uint)slot;

    internal static int SlotOf(long token) => (int)(token & 0xFFFF_FFFF);

    internal IHubEntry? Find(long token)
    {
        uint slot = (uint)SlotOf(token);
        return slot < (uint)_used && (token >> 32) == (_generations[slot] & 0x7FFF_FFFF) ? _entries[slot] : null;
    }

    internal ref long Deadline(int slot) => ref _deadlines[slot];

    internal long EarliestDeadline()
    {
        long earliest = NoDeadline;
        foreach (long deadline in _deadlines.AsSpan(0, _used))
            earliest = Math.Min(earliest, deadline);
        return earliest;
    }

    /// <summary>
    /// Tells the next entry whose deadline has passed, going on where the last call stopped; false when there is none up to the end of the
    /// table, where the next call starts over. One at a time: a late entry may take long over its end, since closing a socket frees all
    /// that still waits in it, and the hub polls in between.
    /// </summary>
    internal bool SweepNext(long now)
    {
        for (; _swept < _used; _swept++)
        {
            if (_deadlines[_swept] > now)
                continue;
            int slot = _swept++;
            _deadlines[slot] = NoDeadline;
            _entries[slot]?.OnDeadline();
            return true;
        }
        _swept = 0;
        return false;
    }

    /// <summary>Calls <paramref name="action"/> for each entry; entries may leave the table meanwhile.</summary>
    internal void ForEach(Action<IHubEntry> action)
    {
        for (int slot = 0; slot < _used; slot++)
        {
            if (_entries[slot] is { } entry)
                action(entry);
        }
    }

    private void Grow()
    {
        int capacity = _entries.Length * 2;
        Array.Resize(ref _entries, capacity);
        Array.Resize(ref _deadlines, capacity);
        Array.Resize(ref _generations, capacity);
    }
}
