namespace AsyncServer.Runtime;

/// <summary>
/// The deadlines of a connection: one for what it waits to receive and one for what it waits to send, so that neither takes the other's
/// place. Each has a phase, a number that the protocol chooses and that says later why time was up. Used on the hub's thread alone.
/// </summary>
/// <remarks>
/// A deadline that passes is noticed at most 250 ms late by a hub that has time. It ends the wait of its own side with false and cancels
/// <see cref="Connection.CancellationToken"/>. Setting the same side again clears it.
/// </remarks>
public readonly struct Deadlines : IEquatable<Deadlines>
{
    /// <summary>The phase of a deadline that was set without one.</summary>
    public const byte NoPhase = 0;

    private readonly Connection _connection;

    internal Deadlines(Connection connection) => _connection = connection;

    /// <summary>The phase of the reading side; <see cref="NoPhase"/> while it has no deadline.</summary>
    public byte ReadPhase => Pair.ReadPhase;

    /// <summary>
    /// The phase of the deadline that passed last, and so the reason why the connection ends; <see cref="NoPhase"/> if none has.
    /// </summary>
    public byte ExpiredPhase => Pair.ExpiredPhase;

    /// <summary>Whether the deadline for reading has passed and was not set again.</summary>
    public bool IsReadExpired => Pair.IsReadExpired;

    /// <summary>Whether the deadline for writing has passed and was not set again.</summary>
    public bool IsWriteExpired => Pair.IsWriteExpired;

    private ref DeadlinePair Pair => ref _connection.Pair;

    private Hub Hub => _connection.Hub;

    /// <summary>Sets the deadline for reading, counted from now, in place of the one before.</summary>
    /// <param name="timeout">Above zero; <see cref="TimeSpan.Zero"/> or <see cref="Timeout.InfiniteTimeSpan"/> for no deadline.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetRead(TimeSpan timeout, byte phase = NoPhase) => Pair.SetRead(Hub, Hub.Clock.DueAfter(timeout), phase, null);

    /// <summary>
    /// A wait for input starts that may take as long as its pace says; <see cref="ClearRead"/>, or setting another deadline, ends it.
    /// </summary>
    /// <param name="pace">The pace of the transfer that waits.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetRead(TransferPace pace, byte phase)
    {
        ArgumentNullException.ThrowIfNull(pace);
        Pair.SetRead(Hub, Hub.Clock.DueAfter(pace.BeginWait(Hub.Now)), phase, pace);
    }

    /// <summary>The connection may wait for input without a limit.</summary>
    public void ClearRead() => Pair.SetRead(Hub, EntryTable.NoDeadline, NoPhase, null);

    /// <summary>Sets the deadline for writing, counted from now, in place of the one before.</summary>
    /// <param name="timeout">Above zero; <see cref="TimeSpan.Zero"/> or <see cref="Timeout.InfiniteTimeSpan"/> for no deadline.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetWrite(TimeSpan timeout, byte phase = NoPhase) => Pair.SetWrite(Hub, Hub.Clock.DueAfter(timeout), phase, null);

    /// <summary>
    /// A wait to send starts that may take as long as its pace says; <see cref="ClearWrite"/>, or setting another deadline, ends it.
    /// </summary>
    /// <param name="pace">The pace of the transfer that waits.</param>
    /// <param name="phase">What the connection waits for, in the protocol's numbering.</param>
    public void SetWrite(TransferPace pace, byte phase)
    {
        ArgumentNullException.ThrowIfNull(pace);
        Pair.SetWrite(Hub, Hub.Clock.DueAfter(pace.BeginWait(Hub.Now)), phase, pace);
    }

    /// <summary>The connection may wait to send without a limit.</summary>
    public void ClearWrite() => Pair.SetWrite(Hub, EntryTable.NoDeadline, NoPhase, null);

    /// <summary>Those of the same connection.</summary>
    public bool Equals(Deadlines other) => ReferenceEquals(_connection, other._connection);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Deadlines other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_connection);

    /// <inheritdoc cref="Equals(Deadlines)"/>
    public static bool operator ==(Deadlines left, Deadlines right) => left.Equals(right);

    /// <inheritdoc cref="Equals(Deadlines)"/>
    public static bool operator !=(Deadlines left, Deadlines right) => !left.Equals(right);
}
