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
