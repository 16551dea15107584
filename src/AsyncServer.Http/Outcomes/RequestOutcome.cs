namespace AsyncServer.Http;

/// <summary>How a request ended. Each request has exactly one.</summary>
/// <param name="Ending">The way.</param>
/// <param name="IsWhole">Whether the client was given all of the response.</param>
/// <param name="Status">The status that was sent; 0 where none left.</param>
/// <param name="ReceivedBytes">Bytes of the request's content that were read.</param>
/// <param name="SentBytes">Bytes of the response's content that left.</param>
/// <param name="Started">
/// When its head was there, as a timestamp of the server's clock; null for a message that never became a request.
/// </param>
/// <param name="Ended">When it ended, likewise.</param>
/// <param name="Expired">The phase in which time was up; none if that is not what ended it.</param>
internal readonly record struct RequestOutcome(
    RequestEnding Ending, bool IsWhole, int Status, long ReceivedBytes, long SentBytes, long? Started, long Ended, ConnectionPhase Expired);
