namespace AsyncServer.Load;

/// <summary>What became of a request on a kept-alive connection, as its client saw it.</summary>
internal enum Outcome
{
    /// <summary>The right answer came, whole.</summary>
    Served,

    /// <summary>Nobody listened (ECONNREFUSED), or the server answered 503.</summary>
    Refused,

    /// <summary>The connection was not made within the time.</summary>
    NotConnected,

    /// <summary>The connection was made, the request sent, and no answer came within the time.</summary>
    Unanswered,

    /// <summary>The server closed the connection in good order without a whole answer.</summary>
    Closed,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>Something came that is not the right answer.</summary>
    Wrong,

    /// <summary>The client's side was short of descriptors, ports or memory: no fault of the server.</summary>
    ClientShort,
}
