namespace AsyncServer.Http;

/// <summary>What happens to connections beyond <see cref="HttpLimits.MaxConnections"/>.</summary>
public enum OverloadMode
{
    /// <summary>They wait in the backlog until another connection ends.</summary>
    Wait,

    /// <summary>They are answered with 503 and Retry-After (RFC 9110 section 15.6.4), and closed.</summary>
    Refuse,
}
