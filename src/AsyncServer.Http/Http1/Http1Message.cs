namespace AsyncServer.Http;

/// <summary>A response's head with what HTTP/1.x adds to it.</summary>
/// <param name="Head">The head.</param>
/// <param name="Framing">How the body is delimited.</param>
/// <param name="Close">Whether the connection ends afterwards.</param>
/// <param name="MinorVersion">The client's: HTTP/1.0 must be told that the connection lives.</param>
internal readonly record struct Http1Message(ResponseHead Head, Framing Framing, bool Close, int MinorVersion)
{
    internal bool AnnouncesKeepAlive => MinorVersion == 0 && !Close;
}
