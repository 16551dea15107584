namespace AsyncServer.Http;

/// <summary>Why a message is refused: the status for the wire, and a reason for the log that quotes nothing of the request.</summary>
internal sealed class Rejection
{
    private Rejection(int status, string reason)
    {
        Status = status;
        Reason = reason;
    }

    internal int Status { get; }

    internal string Reason { get; }

    public override string ToString() => $"{Status} {Reason}";

    // Lines.
    internal static readonly Rejection BareLineFeed = new(400, "a line ends with LF alone");
    internal static readonly Rejection RequestLineTooLong = new(414, "request line over the limit");
    internal static readonly Rejection HeadersTooLarge = new(431, "headers over the size limit");
    internal static readonly Rejection TooManyHeaders = new(431, "headers over the count limit");

    // Request line.
    internal static readonly Rejection EmptyRequestLine = new(400, "more than one empty line before the request line");
    internal static readonly Rejection MalformedRequestLine = new(400, "request line is not three parts");
    internal static readonly Rejection InvalidMethod = new(400, "method is not a token");
    internal static readonly Rejection MethodTooLong = new(501, "method longer than any that exists");
    internal static readonly Rejection ConnectNotSupported = new(501, "CONNECT: not a proxy");
    internal static readonly Rejection InvalidVersion = new(400, "malformed HTTP version");
    internal static readonly Rejection VersionNotSupported = new(505, "HTTP version other than 1.x");
    internal static readonly Rejection InvalidTarget = new(400, "malformed request target");
    internal static readonly Rejection InvalidPath = new(400, "path has a malformed percent, an encoded NUL or is not UTF-8");
    internal static readonly Rejection InvalidQuery = new(400, "query has a malformed percent or overlong UTF-8");
    internal static readonly Rejection InvalidAuthority = new(400, "malformed authority in the request target");
    internal static readonly Rejection AsteriskWithoutOptions = new(400, "target * with a method other than OPTIONS");

    // Header lines.
    internal static readonly Rejection ObsoleteLineFolding = new(400, "header line begins with white space");
    internal static readonly Rejection WhiteSpaceInHeaderName = new(400, "white space in or after a header name");
    internal static readonly Rejection InvalidHeaderName = new(400, "header name is empty or not a token");
    internal static readonly Rejection MissingColon = new(400, "header line without a colon");
    internal static readonly Rejection InvalidHeaderValue = new(400, "control byte in a header value");

    // The head as a whole.
    internal static readonly Rejection MissingHost = new(400, "no Host");
    internal static readonly Rejection RepeatedHost = new(400, "more than one Host");
    internal static readonly Rejection InvalidHost = new(400, "empty or malformed Host");
    internal static readonly Rejection RepeatedTransferEncoding = new(400, "more than one Transfer-Encoding");
    internal static readonly Rejection TransferEncodingInHttp10 = new(400, "Transfer-Encoding in HTTP/1.0");
    internal static readonly Rejection LengthAndTransferEncoding = new(400, "Content-Length beside Transfer-Encoding");
    internal static readonly Rejection InvalidTransferEncoding = new(400, "malformed Transfer-Encoding, or chunked not last or twice");
    internal static readonly Rejection UnknownTransferCoding = new(501, "transfer coding other than chunked");
    internal static readonly Rejection RepeatedContentLength = new(400, "more than one Content-Length");
    internal static readonly Rejection InvalidContentLength = new(400, "Content-Length is not digits or too large to count");
    internal static readonly Rejection UnknownExpectation = new(417, "expectation other than 100-continue");

    // Chunked bodies.
    internal static readonly Rejection InvalidChunkSize = new(400, "malformed chunk size");
    internal static readonly Rejection ChunkSizeTooLarge = new(400, "chunk size too large to count");
    internal static readonly Rejection InvalidChunkExtension = new(400, "malformed chunk extension");
    internal static readonly Rejection ChunkExtensionsTooLarge = new(400, "chunk extensions over the limit");
    internal static readonly Rejection InvalidChunkLineEnd = new(400, "chunk size line does not end with CRLF");
    internal static readonly Rejection InvalidChunkEnd = new(400, "chunk data is not followed by CRLF");
    internal static readonly Rejection BodyTooLarge = new(413, "body over the size limit");
}
