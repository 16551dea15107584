namespace AsyncServer.Runtime;

/// <summary>The result of a receive or a send that does not wait.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Count">Bytes moved; above zero only with <see cref="TransferStatus.Done"/>.</param>
public readonly record struct TransferResult(TransferStatus Status, int Count)
{
    /// <summary>Some bytes moved.</summary>
    public static TransferResult Done(int count) => new(TransferStatus.Done, count);

    /// <summary>None could move now.</summary>
    public static TransferResult WouldBlock => new(TransferStatus.WouldBlock, 0);

    /// <summary>The end of the stream or file.</summary>
    public static TransferResult EndOfStream => new(TransferStatus.EndOfStream, 0);

    /// <summary>The connection is gone.</summary>
    public static TransferResult Broken => new(TransferStatus.Broken, 0);

    /// <summary>A receive that would block, as nearly every one does: the system holds nothing.</summary>
    internal static TransferResult Drained => WouldBlock with { IsDrained = true };

    /// <summary>For the connection: the receive has emptied what the system holds, so that the next arrival is a further event.</summary>
    internal bool IsDrained { get; init; }

    /// <summary>For the connection: the transport has taken output that did not fit, and wants a call once there is room.</summary>
    internal bool HoldsOutput { get; init; }

    internal static TransferResult Done(int count, bool isDrained) => new(TransferStatus.Done, count) { IsDrained = isDrained };

    /// <summary>Whether both ended in the same way and moved as many bytes.</summary>
    public bool Equals(TransferResult other) => Status == other.Status && Count == other.Count;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, Count);
}
