namespace AsyncServer.Http;

/// <summary>Tells by its name whether a field is one of <see cref="ServerFields"/>.</summary>
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
