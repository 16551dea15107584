using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>What came over a <see cref="ProcessChannel"/>.</summary>
/// <param name="Bytes">The message; empty when the other end was closed and no more come.</param>
/// <param name="Descriptors">What came with it; whoever receives it closes them.</param>
public readonly record struct ProcessMessage(ReadOnlyMemory<byte> Bytes, IReadOnlyList<SafeHandle> Descriptors)
{
    /// <summary>Whether the other end was closed: its process has ended, or does not want to hear more.</summary>
    public bool IsEnd => Bytes.IsEmpty;
}
