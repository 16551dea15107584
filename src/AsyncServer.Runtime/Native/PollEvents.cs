namespace AsyncServer.Runtime;

/// <summary>What a poller reports about a descriptor, or is asked to watch for.</summary>
[Flags]
public enum PollEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A receive or an accept would not block.</summary>
    Readable = 1,

    /// <summary>A send would not block.</summary>
    Writable = 2,

    /// <summary>The peer has closed its sending side (FIN); what it sent before can still be received.</summary>
    PeerClosed = 4,

    /// <summary>The connection is broken (reset, or both sides closed).</summary>
    Broken = 8,
}
