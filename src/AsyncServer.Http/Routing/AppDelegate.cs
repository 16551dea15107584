namespace AsyncServer.Http;

/// <summary>An app: takes a request and returns its response.</summary>
/// <param name="request">The request, valid until the response has been sent.</param>
/// <param name="cancellation">Cancelled when the connection can no longer carry an answer.</param>
public delegate ValueTask<Response> AppDelegate(Request request, CancellationToken cancellation);
