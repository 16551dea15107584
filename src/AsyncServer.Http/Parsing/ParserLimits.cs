namespace AsyncServer.Http;

/// <summary>
/// Sizes are in bytes and count line ends; the size of the headers counts the empty line after them too.
/// <see cref="int.MaxValue"/> is no limit.
/// </summary>
internal readonly record struct ParserLimits(
    int MaxRequestLineSize,
    int MaxRequestHeadersTotalSize,
    int MaxRequestHeaderCount)
{
    internal static ParserLimits Default { get; } = new(8 * 1024, 32 * 1024, 100);
}
