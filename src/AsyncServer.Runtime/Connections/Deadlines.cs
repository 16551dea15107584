namespace AsyncServer.Runtime;

/// <summary>
/// The deadlines of a connection: one for what it waits to receive and one for what it waits to send, so that neither takes the other's place. Each has a phase,
/// a number that the protocol chooses and that says later why time was up. They belong to the hub's thread.
/// </summary>
/// <remarks>
/// A deadline that passes is noticed at most 250 ms late by a hub that has time. It ends the wait of its own side with false and cancels
/// <see cref="Connection.CancellationToken"/>. Setting the same side again clears it.
/// </remarks>
public sealed class Deadlines
{
    /// <summary>The phase of a deadline that was set without one.</summary>
    public const byte NoPhase = 0;

    [Flags]
    internal enum Sides : byte { None = 0, Read = 1, Write = 2, Both = Read | Write }

    private const int NoSlot = -1;

    private readonly Hub _hub;
    private int _slot;
    private long _read = ConnectionTable.NoDeadline;
    private long _write = ConnectionTable.NoDeadline;
    private TransferPace? _readPace;
    private TransferPace? _writePace;
    private byte _readPhase;
    private byte _writePhase;
    private byte _expiredPhase;
    private Sides _expired;

    /// <param name="hub">Its clock and its table are used.</param>
    /// <param name="slot">The owner's in that table.</param>
    internal Deadlines(Hub hub, int slot)
    {
        _hub = hub;
        _slot = slot;
    }

    /// <summary>The phase of the reading side; <see cref="NoPhase"/> while it has no deadline.</summary>
    public byte ReadPhase => _readPhase;

    /// <summary>The phase of the deadline that passed last, and so the reason why the connection ends; <see cref="NoPhase"/> if none has.</summary>
    public byte ExpiredPhase => _expiredPhase;

    /// <summary>Whether the deadline for reading has passed and was not set again.</summary>
    public bool IsReadExpired => (_expired & Sides.Read) != 0;

    /// <summary>Whether the deadline for writing has passed and was not set again.</summary>
    public bool IsWriteExpired => (_expired & Sides.Write) != 0;

    internal bool HasExpired => _expired != Sides.None;

    /// <summary>Sets the deadline for reading, counted from now, in place of the one before.</summary>
    /// <param name="timeout">Above zero; <see cref="TimeSpan.Zero"/> or <see cref="Timeout.InfiniteTimeSpan"/> for no deadline.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetRead(TimeSpan timeout, byte phase = NoPhase) => SetRead(_hub.Clock.DueAfter(timeout), phase, null);

    /// <summary>A wait for input starts that may take as long as its pace says; <see cref="ClearRead"/>, or setting another deadline, ends it.</summary>
    /// <param name="pace">The pace of the transfer that waits.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetRead(TransferPace pace, byte phase)
    {
        ArgumentNullException.ThrowIfNull(pace);
        SetRead(_hub.Clock.DueAfter(pace.BeginWait(_hub.Now)), phase, pace);
    }

    /// <summary>The connection may wait for input without a limit.</summary>
    public void ClearRead() => SetRead(ConnectionTable.NoDeadline, NoPhase, null);

    /// <summary>A wait to send starts that may take as long as its pace says; <see cref="ClearWrite"/>, or setting another deadline, ends it.</summary>
    /// <param name="pace">The pace of the transfer that waits.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetWrite(TransferPace pace, byte phase)
    {
        ArgumentNullException.ThrowIfNull(pace);
        SetWrite(_hub.Clock.DueAfter(pace.BeginWait(_hub.Now)), phase, pace);
    }

    /// <summary>Sets the deadline for writing, counted from now, in place of the one before.</summary>
    /// <param name="timeout">Above zero; <see cref="TimeSpan.Zero"/> or <see cref="Timeout.InfiniteTimeSpan"/> for no deadline.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetWrite(TimeSpan timeout, byte phase = NoPhase) => SetWrite(_hub.Clock.DueAfter(timeout), phase, null);

    /// <summary>The connection may wait to send without a limit.</summary>
    public void ClearWrite() => SetWrite(ConnectionTable.NoDeadline, NoPhase, null);

    /// <summary>Takes the deadlines that have passed, unless their pace grants more time; they count as expired once <see cref="Expire"/> says so.</summary>
    internal Sides TakePassed()
    {
        long now = _hub.Clock.Now;
        var passed = Sides.None;
        if (_read <= now && !IsExtended(_readPace, ref _read))
            passed |= Sides.Read;
        if (_write <= now && !IsExtended(_writePace, ref _write))
            passed |= Sides.Write;
        if ((passed & Sides.Read) != 0)
            _read = ConnectionTable.NoDeadline;
        if ((passed & Sides.Write) != 0)
            _write = ConnectionTable.NoDeadline;
        Arm();
        return passed;
    }

    /// <summary>Whether the reading side has a deadline that has not passed.</summary>
    internal bool IsReadSet => _read != ConnectionTable.NoDeadline;

    internal void Expire(Sides sides)
    {
        _expired |= sides;
        _expiredPhase = (sides & Sides.Read) != 0 ? _readPhase : _writePhase;
    }

    /// <summary>The owner gives its slot up: from now on nothing is set any more.</summary>
    internal void Close() => _slot = NoSlot;

    private void SetRead(long due, byte phase, TransferPace? pace)
    {
        if (_readPace is not null)
            EndWait(ref _readPace);
        _readPace = pace;
        _readPhase = phase;
        _read = due;
        _expired &= ~Sides.Read;
        Arm();
    }

    private void SetWrite(long due, byte phase, TransferPace? pace)
    {
        if (_writePace is not null)
            EndWait(ref _writePace);
        _writePace = pace;
        _writePhase = phase;
        _write = due;
        _expired &= ~Sides.Write;
        Arm();
    }

    private void EndWait(ref TransferPace? pace)
    {
        pace!.EndWait(_hub.Now);
        pace = null;
    }

    private bool IsExtended(TransferPace? pace, ref long due)
    {
        if (pace is null || pace.Left(_hub.Now) is var left && left <= TimeSpan.Zero)
            return false;
        due = _hub.Clock.DueAfter(left);
        return true;
    }

    private void Arm()
    {
        if (_slot != NoSlot)
            _hub.Table.Deadline(_slot) = Math.Min(_read, _write);
    }
}
