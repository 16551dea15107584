namespace AsyncServer.Http;

/// <summary>Every way in which a request can end.</summary>
internal enum RequestEnding : byte
{
    /// <summary>The whole response was given to the system.</summary>
    Answered,

    /// <summary>
    /// The message was refused by the server itself: it is malformed, or beyond a limit. The status says which, unless the head had left
    /// before its body was refused: then the connection was cut off.
    /// </summary>
    Refused,

    /// <summary>Its head came too slowly; 408 was answered.</summary>
    HeadExpired,

    /// <summary>Its body came too slowly; 408 was answered, or whatever the app made of it.</summary>
    BodyExpired,

    /// <summary>The app did not end in time: the connection was cut off.</summary>
    AppExpired,

    /// <summary>The client took the response too slowly: the connection was cut off.</summary>
    SendExpired,

    /// <summary>The client went before it had the whole response.</summary>
    Abandoned,

    /// <summary>The app failed after its head had left: the connection was cut off.</summary>
    AppFailed,

    /// <summary>The app wrote less than the length that it gave, or a file became shorter: the connection was cut off.</summary>
    TooShort,

    /// <summary>The server stopped, and the request did not end within the time for that: the connection was cut off.</summary>
    CutByStop,

    /// <summary>The server itself failed: the connection was cut off.</summary>
    ServerFailed,

    /// <summary>The connection was handed over to another protocol.</summary>
    Upgraded,
}
