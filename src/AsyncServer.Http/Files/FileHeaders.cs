namespace AsyncServer.Http;

/// <summary>What is said about a file whatever its content is.</summary>
/// <param name="ContentType">The media type, with its parameters.</param>
/// <param name="CacheControl">How long others may keep it, or null to leave that to them.</param>
/// <param name="Varies">Whether there are compressed versions to choose from.</param>
internal sealed record FileHeaders(string ContentType, string? CacheControl = null, bool Varies = false)
{
    /// <summary>Fields that a 304 has too (RFC 9110 section 15.4.5).</summary>
    internal IEnumerable<(string Name, string Value)> Fields
    {
        get
        {
            if (CacheControl is not null)
                yield return ("Cache-Control", CacheControl);
            if (Varies)
                yield return ("Vary", "Accept-Encoding");
        }
    }
}
