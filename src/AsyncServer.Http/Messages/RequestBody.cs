using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Reads the body of the current request as fast as the app asks for it, by length or in chunks, and never past its end.
/// </summary>
internal sealed class RequestBody(HttpLimits limits, InputBuffer input, OutputBuffer output, RequestDeadlines deadlines)
{
    // A peer that always has more bytes ready lets others have a turn after so many.
    private const int BytesPerTurn = 256 * 1024;

    private const int DiscardPieceSize = 4 * 1024; // lies on the stack
    private const int TooSlow = 408;
    private const string CutOff = "The client ended the connection inside of the body.";
    private static readonly byte[] ContinueLine = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private Connection _connection = null!;
    private ChunkedDecoder _decoder;
    private long _remaining;
    private bool _isChunked;
    private int _thisTurn;
    private RequestBodyException? _failure;

    internal bool IsAtEnd { get; private set; }

    /// <summary>Whether a read waits for bytes.</summary>
    internal bool IsReading { get; private set; }

    /// <summary>Whether reading failed: what follows on the connection is not known to be a request.</summary>
    internal bool HasFailed => _failure is not null;

    /// <summary>Bytes of the body that have come after the head's, chunk framing included.</summary>
    internal long Received { get; private set; }

    /// <summary>Whether the client waits for a 100 that was never sent, so that nobody knows whether a body follows.</summary>
    internal bool AwaitsContinue { get; private set; }

    /// <summary>A final status leaves: a 100 may not follow it.</summary>
    internal void DropContinue() => AwaitsContinue = false;

    /// <summary>The trailers, once the body is at its end.</summary>
    internal IReadOnlyList<(string Name, string Value)> Trailers => IsAtEnd && _isChunked ? _decoder.Trailers : [];

    internal void Begin(Connection connection, RequestHead head)
    {
        _connection = connection;
        _isChunked = head.IsChunked;
        _remaining = head.ContentLength ?? 0;
        if (_isChunked)
            _decoder = new ChunkedDecoder(limits.ForParser, limits.EffectiveMaxBodySize);
        IsAtEnd = !head.HasBody;
        AwaitsContinue = head.ExpectContinue && !IsAtEnd;
        _failure = null;
        _thisTurn = 0;
        Received = 0;
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
        int count = Take(destination.Span);
        return count > 0 || IsAtEnd ? new ValueTask<int>(count) : ReceiveAsync(destination);
    }

    /// <summary>Drops what has arrived of an unread rest.</summary>
    /// <returns>Whether that was all of it, so that the next request starts right behind.</returns>
    internal bool TryDiscardBuffered()
    {
        Span<byte> dropped = stackalloc byte[DiscardPieceSize];
        while (!IsAtEnd && _failure is null && !input.IsEmpty)
        {
            try { Take(dropped); }
            catch (RequestBodyException) { return false; } // malformed: remembered as the failure
        }
        return IsAtEnd;
    }

    private int Take(Span<byte> destination)
    {
        if (!input.IsEmpty)
            AwaitsContinue = false; // RFC 9110 10.1.1: the client did not wait for the 100
        if (_isChunked)
            return TakeChunked(destination);
        int count = (int)Math.Min(Math.Min(destination.Length, input.Unread.Length), _remaining);
        input.Unread[..count].CopyTo(destination);
        input.Consume(count);
        Counted(count);
        return count;
    }

    private int TakeChunked(Span<byte> destination)
    {
        var status = _decoder.Decode(input.Unread, destination, out int consumed, out int written);
        input.Consume(consumed);
        if (status == ParseStatus.Invalid)
            throw Fail(_decoder.Rejection!.Status, $"The request body is refused: {_decoder.Rejection.Reason}.");
        IsAtEnd = status == ParseStatus.Complete;
        return written;
    }

    private void Counted(int count)
    {
        _remaining -= count;
        IsAtEnd = _remaining == 0;
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> destination)
    {
        IsReading = true;
        try
        {
            if (AwaitsContinue)
                await SendContinueAsync();
            while (true)
            {
                // With nothing buffered and no chunk framing, bytes go straight to the app.
                bool direct = !_isChunked && input.IsEmpty;
                var result = direct
                    ? _connection.Receive(destination.Span[..(int)Math.Min(destination.Length, _remaining)])
                    : input.ReceiveFrom(_connection);
                if (result.Status == TransferStatus.WouldBlock)
                {
                    deadlines.BeginBodyWait();
                    bool isReadable = await _connection.WaitReadableAsync();
                    deadlines.EndBodyWait();
                    if (!isReadable)
                        throw _connection.Expired() == ConnectionPhase.Body ? Fail(TooSlow, "The request body came too slowly.") : Fail(400, CutOff);
                    _thisTurn = 0;
                    continue;
                }
                if (result.Status != TransferStatus.Done)
                    throw Fail(400, CutOff);
                Received += result.Count;
                if (direct)
                    Counted(result.Count);
                int count = direct ? result.Count : Take(destination.Span);
                if ((_thisTurn += result.Count) >= BytesPerTurn)
                {
                    _thisTurn = 0;
                    await Coroutine.Yield();
                }
                if (count > 0 || IsAtEnd)
                    return count; // else it was a chunk's size line, or a part of it
            }
        }
        finally
        {
            IsReading = false;
        }
    }

    private async ValueTask SendContinueAsync()
    {
        AwaitsContinue = false;
        await output.SendInOrderAsync(_connection, ContinueLine);
    }

    private RequestBodyException Fail(int status, string message) => _failure = new RequestBodyException(status, message);
}
