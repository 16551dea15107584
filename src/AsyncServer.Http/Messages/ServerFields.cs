namespace AsyncServer.Http;

/// <summary>Fields of a response that the server writes itself, or looks at, when the app sets them.</summary>
[Flags]
internal enum ServerFields : byte
{
    None = 0,
    ContentLength = 1,
    Connection = 2,
    Date = 4,
    Server = 8,
    RequestId = 16,

    /// <summary>How the body ends and whether the connection does: the version of HTTP decides about these, not the app.</summary>
    Framing = ContentLength | Connection,
}
