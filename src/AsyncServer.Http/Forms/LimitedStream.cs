namespace AsyncServer.Http;

/// <summary>A request body of which no more than a limit is read.</summary>
internal sealed class LimitedStream(Stream inner, long limit) : ForwardStream
{
    private long _count;

    /// <exception cref="RequestBodyException">413: there is more.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        _count += count;
        return _count <= limit ? count : throw new RequestBodyException(413, "The form is larger than its limit.");
    }
}
