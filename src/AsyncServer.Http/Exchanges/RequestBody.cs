namespace AsyncServer.Http;

/// <summary>
/// The body of the current request, read as fast as the app asks for it, and never past its end. How its bytes are delimited is the
/// version's; what all versions share is here.
/// </summary>
internal abstract class RequestBody
{
    private RequestBodyException? _failure;

    /// <summary>Whether it was read to its end.</summary>
    internal bool IsAtEnd { get; private protected set; }

    /// <summary>Whether a read waits for bytes.</summary>
    internal bool IsReading { get; private protected set; }

    /// <summary>Whether reading failed: what follows on the connection is not known to be a request.</summary>
    internal bool HasFailed => _failure is not null;

    /// <summary>Whether the client waits for a 100 that was never sent, so that nobody knows whether a body follows.</summary>
    internal bool AwaitsContinue { get; private protected set; }

    /// <summary>Bytes of content that were read so far, by the app or to be dropped.</summary>
    internal long ReadSize { get; private protected set; }

    /// <summary>The most bytes of content that are read; beyond that the body fails with 413.</summary>
    internal long MaxSize { get; private set; }

    /// <summary>The trailers, once the body is at its end.</summary>
    internal abstract IReadOnlyList<(string Name, string Value)> Trailers { get; }

    /// <summary>A final status leaves: a 100 may not follow it.</summary>
    internal void DropContinue() => AwaitsContinue = false;

    private protected void Begin(long maxSize, long? declaredLength)
    {
        MaxSize = maxSize;
        DeclaredLength = declaredLength;
        _failure = null;
        ReadSize = 0;
    }

    /// <summary>Sets the limit for this request alone.</summary>
    /// <exception cref="InvalidOperationException">Reading has begun.</exception>
    internal void SetMaxSize(long maxSize)
    {
        if (ReadSize > 0 || IsReading)
            throw new InvalidOperationException("The body's limit can be set only before the body is read.");
        MaxSize = maxSize;
    }

    /// <returns>Bytes read; 0 at the end of the body.</returns>
    /// <exception cref="RequestBodyException">The body cannot be read.</exception>
    internal ValueTask<int> ReadAsync(Memory<byte> destination)
    {
        if (_failure is not null)
            return ValueTask.FromException<int>(_failure);
        if (IsReading)
            throw new InvalidOperationException("Another read of this body is under way; only one may be.");
        if (IsAtEnd || destination.IsEmpty)
            return new ValueTask<int>(0);
        CheckDeclaredLength();
        int count = Take(destination.Span);
        return count > 0 || IsAtEnd ? new ValueTask<int>(count) : ReceiveAsync(destination);
    }

    /// <summary>Whether the body is longer than it may be, by the head's word.</summary>
    internal bool IsTooLong => DeclaredLength > MaxSize;

    /// <summary>Whether so much of it is left, by the head's word, that the connection ends rather than read it for nobody.</summary>
    internal abstract bool IsTooLongToDrop { get; }

    /// <param name="elsewhere">What it may be for another route, if that is more.</param>
    /// <exception cref="RequestBodyException">The body is longer than it may be, by the head's word.</exception>
    internal void CheckDeclaredLength(long elsewhere = 0)
    {
        if (IsTooLong && DeclaredLength > elsewhere)
            throw Fail(Rejection.BodyTooLarge.Status, $"The request body is refused: {Rejection.BodyTooLarge.Reason}.");
    }

    /// <summary>The length that the head gives, or null.</summary>
    internal long? DeclaredLength { get; private set; }

    /// <summary>Takes content that has arrived.</summary>
    /// <returns>Bytes taken; 0 where none is there.</returns>
    /// <exception cref="RequestBodyException">It is malformed, or too large.</exception>
    private protected abstract int Take(Span<byte> destination);

    /// <summary>Waits for content.</summary>
    private protected abstract ValueTask<int> ReceiveAsync(Memory<byte> destination);

    private protected RequestBodyException Fail(int status, string message) => _failure = new RequestBodyException(status, message);
}
