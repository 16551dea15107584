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

internal static class ServerField
{
    /// <summary>Which one has that name, in any letter case; <see cref="ServerFields.None"/> for all others.</summary>
    internal static ServerFields Of(string name) => name.Length switch
    {
        4 when HeaderSyntax.Is(name, "Date") => ServerFields.Date,
        6 when HeaderSyntax.Is(name, "Server") => ServerFields.Server,
        10 when HeaderSyntax.Is(name, "Connection") => ServerFields.Connection,
        12 when HeaderSyntax.Is(name, RequestId.HeaderName) => ServerFields.RequestId,
        14 when HeaderSyntax.Is(name, "Content-Length") => ServerFields.ContentLength,
        _ => ServerFields.None,
    };
}
