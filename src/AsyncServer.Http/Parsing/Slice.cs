namespace AsyncServer.Http;

/// <summary>A piece of a message, by offset from the message's start, so that it survives a buffer that moves or grows.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    internal bool IsEmpty => Length == 0;

    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Start, Length);
}
