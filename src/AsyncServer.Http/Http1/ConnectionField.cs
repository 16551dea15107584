namespace AsyncServer.Http;

/// <summary>What a response's Connection field says (RFC 9112 section 9.3).</summary>
internal enum ConnectionField : byte
{
    None,
    Close,
    KeepAlive,
}
