namespace AsyncServer.Runtime;

/// <summary>How looking for a file has ended.</summary>
public enum FileStatus
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>Nothing is there, or the way to it leaves the root.</summary>
    NotFound,

    /// <summary>It is there, but this process may not read it.</summary>
    Denied,

    /// <summary>Descriptors or memory have run out, or the file is held for the moment; it may work later.</summary>
    Busy,

    /// <summary>Only the disk can tell, which takes its time: ask again where waiting is allowed.</summary>
    NotInMemory,
}
