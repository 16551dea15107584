using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>A request's body as HTTP/1.x has it: a known number of bytes, or chunks (RFC 9112 section 6).</summary>
internal sealed class Http1Body(HttpLimits limits, InputBuffer input, OutputBuffer output, RequestDeadlines deadlines) : RequestBody
{
    private const int DiscardPieceSize = 4 * 1024; // lies on the stack
    private const int TooSlow = 408;
    private const string CutOff = "The client ended the connection inside of the body.";
    private static readonly byte[] ContinueLine = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    // Per connection that the exchange is lent to.
    private Connection _connection = null!;

    // Per request.
    private ChunkedDecoder _decoder;
    private long _remaining;
    private bool _isChunked;
    private bool _hasDecoder;
    private int _thisTurn;

    /// <summary>Bytes that have come after those that came with the head, chunk framing included.</summary>
    internal long Received { get; private set; }

    internal override bool IsTooLongToDrop => !_isChunked && _remaining - input.Unread.Length > UnreadBody.MaxDropped;

    internal override IReadOnlyList<(string Name, string Value)> Trailers => IsAtEnd && _isChunked ? _decoder.Trailers : [];

    internal void Take(Connection connection) => _connection = connection;

    internal void Begin(RequestHead head)
    {
        Begin(limits.EffectiveMaxBodySize, head.ContentLength);
        _isChunked = head.IsChunked;
        _hasDecoder = false;
        _remaining = head.ContentLength ?? 0;
        IsAtEnd = !head.HasBody;
        AwaitsContinue = head.ExpectContinue && !IsAtEnd;
        _thisTurn = 0;
        Received = 0;
    }

    /// <summary>Drops what has arrived of an unread rest.</summary>
    /// <returns>Whether that was all of it, so that the next request starts right behind.</returns>
    internal bool TryDiscardBuffered()
    {
        Span<byte> dropped = stackalloc byte[DiscardPieceSize];
        while (!IsAtEnd && !HasFailed && !input.IsEmpty)
        {
            try { Take(dropped); }
            catch (RequestBodyException) { return false; } // malformed: remembered as the failure
        }
        return IsAtEnd;
    }

    private protected override int Take(Span<byte> destination)
    {
        if (!input.IsEmpty)
            AwaitsContinue = false; // RFC 9110 10.1.1: the client did not wait for the 100
        int count = _isChunked ? TakeChunked(destination) : TakePlain(destination);
        ReadSize += count;
        return count;
    }

    private int TakePlain(Span<byte> destination)
    {
        int count = (int)Math.Min(Math.Min(destination.Length, input.Unread.Length), _remaining);
        input.Unread[..count].CopyTo(destination);
        input.Consume(count);
        Counted(count);
        return count;
    }

    private int TakeChunked(Span<byte> destination)
    {
        if (!_hasDecoder)
            _decoder = new ChunkedDecoder(limits.ForParser, MaxSize); // not before the first read: until then the app may set the limit
        _hasDecoder = true;
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

    private protected override async ValueTask<int> ReceiveAsync(Memory<byte> destination)
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
                    bool isReadable;
                    deadlines.BeginBodyWait();
                    try { isReadable = await _connection.WaitReadableAsync(); }
                    finally { deadlines.EndBodyWait(); }
                    if (!isReadable)
                        throw _connection.Expired() == ConnectionPhase.Body ? Fail(TooSlow, "The request body came too slowly.")
                            : Fail(400, CutOff);
                    _thisTurn = 0;
                    continue;
                }
                if (result.Status != TransferStatus.Done)
                    throw Fail(400, CutOff);
                Received += result.Count;
                int count = direct ? CountDirect(result.Count) : Take(destination.Span);
                if ((_thisTurn += result.Count) >= TurnBudget.Bytes)
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
            deadlines.RestartApp();
        }
    }

    private int CountDirect(int count)
    {
        Counted(count);
        ReadSize += count;
        return count;
    }

    private async ValueTask SendContinueAsync()
    {
        AwaitsContinue = false;
        await output.SendInOrderAsync(_connection, ContinueLine);
    }
}
