namespace AsyncServer.Http;

/// <summary>
/// PEP 3333's <c>write()</c>: sends body bytes, with the head in front of the first, and waits until the transport has taken them. Called
/// on the hub of the request, one call at a time.
/// </summary>
/// <param name="data">Bytes; none sends nothing.</param>
/// <exception cref="InvalidOperationException">More than the Content-Length that the app gave; the excess is not sent.</exception>
/// <exception cref="IOException">The client has gone.</exception>
public delegate ValueTask WriteBody(ReadOnlyMemory<byte> data);
