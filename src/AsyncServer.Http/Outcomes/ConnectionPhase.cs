namespace AsyncServer.Http;

/// <summary>What a connection waits for: the phases of its deadlines, as logs and observers name them.</summary>
public enum ConnectionPhase : byte
{
    /// <summary>No deadline passed.</summary>
    None,

    /// <summary>The PROXY header in front of everything else.</summary>
    Proxy,

    /// <summary>The TLS handshake.</summary>
    Handshake,

    /// <summary>The first or next request (<see cref="HttpLimits.KeepAliveTimeout"/>).</summary>
    KeepAlive,

    /// <summary>The rest of a request's head (<see cref="HttpLimits.RequestHeadersTimeout"/>).</summary>
    Head,

    /// <summary>A request's body (<see cref="HttpLimits.RequestBodyTimeout"/>, <see cref="HttpLimits.MinRequestBodyDataRate"/>).</summary>
    Body,

    /// <summary>The app (<see cref="HttpLimits.RequestTimeout"/>).</summary>
    App,

    /// <summary>
    /// The client, which must take the response (<see cref="HttpLimits.SendTimeout"/>, <see cref="HttpLimits.MinResponseDataRate"/>).
    /// </summary>
    Send,

    /// <summary>The client's end, after the last response.</summary>
    Linger,

    /// <summary>A first request while the server drains.</summary>
    Drain,

    /// <summary>Whatever the protocol does that the connection was handed over to.</summary>
    Upgraded,
}
