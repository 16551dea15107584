namespace AsyncServer.Http;

/// <summary>What the parser reads next.</summary>
internal enum ParsePhase
{
    /// <summary>The request line, or the one empty line that may stand before it.</summary>
    Start,

    RequestLine,

    Headers,

    Complete,

    Invalid,
}
