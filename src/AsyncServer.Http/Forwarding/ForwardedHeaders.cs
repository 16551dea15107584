namespace AsyncServer.Http;

/// <summary>Headers in which proxies say where a request came from.</summary>
[Flags]
public enum ForwardedHeaders
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>X-Forwarded-For</c>: the client's address.</summary>
    XForwardedFor = 1,

    /// <summary><c>X-Forwarded-Proto</c>: the client's scheme.</summary>
    XForwardedProto = 2,

    /// <summary><c>X-Forwarded-Host</c>: the host that the client asked for.</summary>
    XForwardedHost = 4,

    /// <summary>
    /// <c>Forwarded</c>, which has all three (RFC 7239). Not together with the others: of two that disagree one is the client's invention.
    /// </summary>
    Forwarded = 8,
}
