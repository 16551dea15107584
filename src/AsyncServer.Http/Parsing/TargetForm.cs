namespace AsyncServer.Http;

/// <summary>How the request target was written (RFC 9112 3.2). Authority-form has no member: CONNECT is refused.</summary>
internal enum TargetForm
{
    Origin,
    Absolute,
    Asterisk,
}
