namespace AsyncServer.Runtime;

/// <summary>What a path leads to.</summary>
public enum FileKind
{
    /// <summary>A FIFO, a device, a socket: nothing that can be read as a file.</summary>
    Other,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,
}
