namespace AsyncServer.Http;

/// <summary>What is decided about a response's head, whatever version of HTTP carries it.</summary>
/// <param name="Status">From 200 to 999.</param>
/// <param name="Reason">The app's, or null for the usual one.</param>
/// <param name="Headers">The app's fields. Content-Length and Connection among them are not to be sent as they are.</param>
/// <param name="Prepared">Fields that come before those.</param>
/// <param name="RequestId">For X-Request-Id, unless the app has set that; null for none.</param>
/// <param name="ContentLength">What Content-Length says; null to leave it out.</param>
/// <param name="HasBody">Whether a body follows.</param>
/// <param name="BodyLength">Its length; null where that is not known.</param>
/// <param name="IsRequestUnread">
/// Whether it is not known where the request ends: its body failed, is too long to be read, or may or may not come.
/// </param>
internal readonly record struct ResponseHead(
    int Status, string? Reason, ResponseHeaders Headers, PreparedFields? Prepared, string? RequestId, long? ContentLength, bool HasBody,
        long? BodyLength,
    bool IsRequestUnread);
