namespace AsyncServer.Http;

/// <summary>
/// The body of one request as a stream. Reads from other threads come to the connection's hub by a post, so that what calls
/// back from the thread pool (<see cref="Stream.CopyToAsync(Stream)"/>) works too.
/// </summary>
internal sealed class RequestBodyStream(Exchange exchange, int version) : Stream
{
    private readonly Runtime.Hub _hub = exchange.Connection.Hub;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ReferenceEquals(Runtime.Hub.Current, _hub) ? ReadHere(buffer) : ReadOnHubAsync(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <exception cref="NotSupportedException">Always: it would block a hub.</exception>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Reading a request body synchronously would block its hub; use ReadAsync.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
