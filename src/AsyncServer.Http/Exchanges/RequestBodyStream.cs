namespace AsyncServer.Http;

/// <summary>
/// The body of one request as a stream. Reads from other threads come to the connection's hub by a post, so that what calls
/// back from the thread pool (<see cref="Stream.CopyToAsync(Stream)"/>) works too.
/// </summary>
internal sealed class RequestBodyStream(Exchange exchange, int version) : ForwardStream
{
    private readonly Runtime.Hub _hub = exchange.Connection.Hub;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ReferenceEquals(Runtime.Hub.Current, _hub) ? ReadHere(buffer) : ReadOnHubAsync(buffer);
    }

    // Only on the hub is it certain that the request does not end meanwhile.
    private ValueTask<int> ReadHere(Memory<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(exchange.Version != version, typeof(Request));
        return exchange.Body.ReadAsync(buffer);
    }

    private async ValueTask<int> ReadOnHubAsync(Memory<byte> buffer)
    {
        int count = 0;
        await _hub.InvokeAsync(async () => count = await ReadHere(buffer)).ConfigureAwait(false);
        return count;
    }
}
