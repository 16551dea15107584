namespace AsyncServer.Runtime;

/// <summary>How a <see cref="HubGroup"/> serves each connection on a thread of its own.</summary>
public sealed class ConnectionThreadOptions
{
    /// <summary>
    /// The stack unless told otherwise: deep enough for apps, and the system only takes the memory that a thread touches.
    /// </summary>
    public const int DefaultStackSize = 512 * 1024;

    /// <summary>Bytes of a thread's stack, at least 128 KB.</summary>
    public int StackSize { get; init; } = DefaultStackSize;
}
