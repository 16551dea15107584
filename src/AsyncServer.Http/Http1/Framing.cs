namespace AsyncServer.Http;

/// <summary>How a response's body is delimited (RFC 9112 section 6.3).</summary>
internal enum Framing
{
    /// <summary>No body may follow the head.</summary>
    None,

    /// <summary>By Content-Length.</summary>
    Length,

    /// <summary>By the chunked transfer coding.</summary>
    Chunked,

    /// <summary>By the end of the connection: HTTP/1.0 without a known length.</summary>
    Close,
}
