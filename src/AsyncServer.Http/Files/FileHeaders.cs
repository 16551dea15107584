namespace AsyncServer.Http;

/// <summary>What is said about a file whatever its content is.</summary>
/// <param name="ContentType">The media type, with its parameters.</param>
/// <param name="CacheControl">How long others may keep it, or null to leave that to them.</param>
/// <param name="Varies">Whether there are compressed versions to choose from.</param>
internal sealed record FileHeaders(string ContentType, string? CacheControl = null, bool Varies = false)
{
    /// <summary>Lines that a 304 has too (RFC 9110 section 15.4.5).</summary>
    internal string Lines => (CacheControl is null ? "" : $"Cache-Control: {CacheControl}\r\n") + (Varies ? "Vary: Accept-Encoding\r\n" : "");
}
