namespace AsyncServer.Http;

/// <summary>Makes the answer to a request whose app failed before the head of its own answer left.</summary>
/// <param name="request">The request; its body may have been read.</param>
/// <param name="exception">What the app threw. Mistakes of the client, such as a body that is too large, do not come here.</param>
/// <param name="requestId">The one that the log has; the server adds it as <c>X-Request-Id</c>.</param>
/// <returns>The answer. It is called on the connection's hub, so it must not block; where it throws, the plain 500 is sent.</returns>
public delegate Response FailureHandler(Request request, Exception exception, string requestId);
