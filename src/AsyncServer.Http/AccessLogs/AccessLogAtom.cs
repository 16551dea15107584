namespace AsyncServer.Http;

/// <summary>A piece of an access log's line.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Text">Of literal text its bytes, of a header its name.</param>
internal readonly record struct AccessLogAtom(AccessLogField Kind, byte[] Text);

/// <summary>What a piece of an access log's line can be.</summary>
internal enum AccessLogField : byte
{
    Literal,
    Nothing,
    RemoteAddress,
    Time,
    RequestLine,
    Method,
    Path,
    Query,
    Protocol,
    Status,
    BytesOrNothing,
    Bytes,
    Seconds,
    Milliseconds,
    Microseconds,
    DecimalSeconds,
    ProcessId,
    RequestHeader,
    ResponseHeader,
    RequestId,
    Expired,
}
