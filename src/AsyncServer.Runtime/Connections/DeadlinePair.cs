namespace AsyncServer.Runtime;

/// <summary>
/// The state behind <see cref="Deadlines"/>: a deadline for reading and one for writing, of which the earlier stands in the hub's table. A
/// field of its owner, since an idle connection should not pay for an object. It belongs to the hub's thread.
/// </summary>
internal struct DeadlinePair
{
    [Flags]
    internal enum Sides : byte { None = 0, Read = 1, Write = 2 }

    private const int NoSlot = -1;

    private long _read;
    private long _write;
    private TransferPace? _readPace;
    private TransferPace? _writePace;
    private int _slot;
    private Sides _expired;

    /// <param name="slot">The owner's in the hub's table.</param>
    internal DeadlinePair(int slot)
    {
        _slot = slot;
        _read = _write = EntryTable.NoDeadline;
    }

    internal byte ReadPhase { get; private set; }

    internal byte WritePhase { get; private set; }

    /// <summary>The phase of the deadline that expired last.</summary>
    internal byte ExpiredPhase { get; private set; }

    /// <summary>Whether the reading side has a deadline that has not passed.</summary>
    internal readonly bool IsReadSet => _read != EntryTable.NoDeadline;

    internal readonly bool IsReadExpired => (_expired & Sides.Read) != 0;

    internal readonly bool IsWriteExpired => (_expired & Sides.Write) != 0;

    internal readonly bool HasExpired => _expired != Sides.None;

    internal void SetRead(Hub hub, long due, byte phase, TransferPace? pace)
    {
        _readPace?.EndWait(hub.Now);
        _readPace = pace;
        _read = due;
        ReadPhase = phase;
        _expired &= ~Sides.Read;
        Arm(hub);
    }

    internal void SetWrite(Hub hub, long due, byte phase, TransferPace? pace)
    {
        _writePace?.EndWait(hub.Now);
        _writePace = pace;
        _write = due;
        WritePhase = phase;
        _expired &= ~Sides.Write;
        Arm(hub);
    }

    /// <summary>
    /// Takes the deadlines that have passed, unless their pace grants more time; they count as expired once <see cref="Expire"/> says so.
    /// </summary>
    internal Sides TakePassed(Hub hub)
    {
        long now = hub.Clock.Now;
        var passed = Sides.None;
        if (_read <= now && !IsExtended(hub, _readPace, ref _read))
        {
            passed |= Sides.Read;
            _read = EntryTable.NoDeadline;
        }
        if (_write <= now && !IsExtended(hub, _writePace, ref _write))
        {
            passed |= Sides.Write;
            _write = EntryTable.NoDeadline;
        }
        Arm(hub);
        return passed;
    }

    internal void Expire(Sides sides)
    {
        _expired |= sides;
        ExpiredPhase = (sides & Sides.Read) != 0 ? ReadPhase : WritePhase;
    }

    /// <summary>The owner gives its slot up: from now on nothing reaches the table, where somebody else may have it.</summary>
    internal void Close() => _slot = NoSlot;

    private static bool IsExtended(Hub hub, TransferPace? pace, ref long due)
    {
        if (pace is null || pace.Left(hub.Now) is var left && left <= TimeSpan.Zero)
            return false;
        due = hub.Clock.DueAfter(left);
        return true;
    }

    private readonly void Arm(Hub hub)
    {
        if (_slot != NoSlot)
            hub.Table.Deadline(_slot) = Math.Min(_read, _write);
    }
}
