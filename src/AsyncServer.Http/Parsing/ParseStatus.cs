namespace AsyncServer.Http;

internal enum ParseStatus
{
    /// <summary>Everything so far is in order; the end has not been reached.</summary>
    Incomplete,

    /// <summary>The message is refused; nothing after it on the connection may be read as a request.</summary>
    Invalid,

    /// <summary>The end was reached.</summary>
    Complete,
}
