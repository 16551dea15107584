namespace AsyncServer.Runtime;

/// <summary>
/// A connection as a stream. Methods of the BCL come back to it on threads of the pool: then the operation goes to the hub, as a coroutine.
/// </summary>
internal sealed class ConnectionStream(Connection connection) : Stream
{
    public override bool CanRead => !connection.IsClosed;

    public override bool CanWrite => !connection.IsClosed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException("A connection has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("A connection has no position.");
        set => throw new NotSupportedException("A connection has no position.");
    }

    // On a closed connection every thread gets its answer, which is an exception.
    private bool IsHere => connection.Hub.IsOnThread || connection.IsClosed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => IsHere
        ? connection.ReceiveAsync(buffer, cancellationToken)
        : new ValueTask<int>(connection.Hub.InvokeAsync(() => connection.ReceiveAsync(buffer, cancellationToken).AsTask()));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => IsHere
        ? connection.SendAsync(buffer, cancellationToken)
        : new ValueTask(connection.Hub.InvokeAsync(() => connection.SendAsync(buffer, cancellationToken).AsTask()));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Blocks the calling thread, which must not be a hub's.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        CheckMayBlock();
        return ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Read(byte[], int, int)"/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        CheckMayBlock();
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Nothing: what is written has left.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A connection cannot seek.");

    public override void SetLength(long value) => throw new NotSupportedException("A connection has no length.");

    protected override void Dispose(bool disposing)
    {
        if (disposing && IsHere)
            connection.Close();
        else if (disposing)
            connection.Hub.Post(connection.Close);
        base.Dispose(disposing);
    }

    private static void CheckMayBlock()
    {
        if (Hub.Current is not null)
            throw new InvalidOperationException("A hub's thread must not block: use ReadAsync and WriteAsync.");
    }
}
