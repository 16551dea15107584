namespace AsyncServer.Http;

/// <summary>
/// The lower seam: answers a request by pushing into its response. HTTP/1.1 knows nothing above it. Runs on the connection's
/// hub; when it returns without an answer, an empty 200 is sent; what it throws becomes a 500, or a cut once the head has left.
/// </summary>
/// <param name="request">The request, valid until the returned task ends.</param>
/// <param name="response">The response, valid as long.</param>
/// <param name="cancellation">Cancelled when the connection can no longer carry an answer.</param>
public delegate ValueTask RequestHandler(Request request, ResponseWriter response, CancellationToken cancellation);
