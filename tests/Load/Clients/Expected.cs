namespace AsyncServer.Load;

/// <summary>What a right answer is.</summary>
/// <param name="Status">Its status code.</param>
/// <param name="Body">Its body, to the byte; null where any will do.</param>
internal sealed record Expected(int Status, ReadOnlyMemory<byte>? Body)
{
    /// <summary>Whether it answers HEAD: the length is that of <see cref="Body"/>, but nothing follows the head.</summary>
    public bool IsHead { get; init; }

    /// <summary>Whether the connection has to end with it; otherwise it has to stay.</summary>
    public bool Closes { get; init; }

    /// <summary>RFC 9112 6.3: whether nothing follows the head, whatever its fields say.</summary>
    public bool HasNoBody => IsHead || Status is 204 or 304;
}
