namespace AsyncServer.Http;

/// <summary>A part of a representation, in bytes.</summary>
internal readonly record struct ByteRange(long Start, long Length);
