namespace AsyncServer.Http;

/// <summary>
/// A request body could not be read to its end: malformed, too large, too slow, or the client has gone. An app that lets it
/// pass has the server answer with <see cref="StatusCode"/>; the connection ends either way.
/// </summary>
public sealed class RequestBodyException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="statusCode">The status that tells the client, 400 to 499.</param>
    /// <param name="message">What is wrong, in words that quote nothing of the body.</param>
    public RequestBodyException(int statusCode, string message) : base(message) => StatusCode = statusCode;

    /// <summary>
    /// 400 for a malformed or cut off body, 408 for one too slow, 413 for one too large, 415 for one that is no form, 431 for trailers too
    /// large (RFC 9110 section 15.5).
    /// </summary>
    public int StatusCode { get; }
}
