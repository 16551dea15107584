namespace AsyncServer.Http;

/// <summary>
/// Begins a response (PEP 3333, "The start_response() Callable"). Nothing is sent yet: the head leaves with the first bytes of the
/// body, or at its end, so that it can still be replaced.
/// </summary>
/// <param name="status">Three digits, a space and a reason, such as <c>200 OK</c>; from 200 to 999.</param>
/// <param name="headers">
/// The header lines in order. Names are tokens, values have no control characters; hop-by-hop headers are the server's.
/// </param>
/// <param name="excInfo">
/// Set by an error handler. Only with it may the response begin again; when the head has left by then, it is rethrown, which ends the
/// response.
/// </param>
/// <returns>A way to push body bytes, for apps that cannot return them; they come before what the app returns.</returns>
/// <exception cref="ArgumentException">The status or a header is not allowed.</exception>
/// <exception cref="InvalidOperationException">The response has begun already, and <paramref name="excInfo"/> is null.</exception>
public delegate WriteBody StartResponse(string status, IReadOnlyList<(string Name, string Value)> headers, Exception? excInfo = null);
