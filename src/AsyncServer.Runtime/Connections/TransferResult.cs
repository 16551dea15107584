namespace AsyncServer.Runtime;

/// <summary>How a receive or a send that does not wait has ended.</summary>
public enum TransferStatus
{
    /// <summary>Some bytes moved.</summary>
    Done,

    /// <summary>None could move now: wait until the connection is readable or writable.</summary>
    WouldBlock,

    /// <summary>A receive found the end: the peer has closed its sending side (FIN). For a file: it ended early.</summary>
    EndOfStream,

    /// <summary>The connection is gone: reset by the peer, aborted or closed here.</summary>
    Broken,
}

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
}
