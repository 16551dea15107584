namespace AsyncServer.Load;

/// <summary>A line from a client process: how far the phase is, or how it ended.</summary>
internal sealed record ClientNews
{
    public bool IsFinal { get; init; }

    /// <summary>By <see cref="Outcome"/>.</summary>
    public required long[] Counts { get; init; }

    /// <summary>32-bit numbers, one for each served request; only when the phase is over.</summary>
    public byte[]? Microseconds { get; init; }
}
