using System.Globalization;

namespace AsyncServer.Http;

/// <summary>A part of a representation, in bytes.</summary>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>The value of Content-Range (RFC 9110 section 14.4).</summary>
    /// <param name="whole">The representation's length.</param>
    internal string ContentRange(long whole) => string.Create(CultureInfo.InvariantCulture, $"bytes {Start}-{Start + Length - 1}/{whole}");
}
