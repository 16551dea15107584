using System.Globalization;
using System.Text;
using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// The response to the current request: what the app has set, whether the head is written, and how much body is still owed. It knows the
/// rules that all versions of HTTP share (RFC 9110); its encoder knows how one of them sends it. One is used for many requests.
/// </summary>
internal sealed class ResponseState(RequestHead request, RequestBody body, IResponseEncoder encoder)
{
    private bool _hasBody;
    private bool _isLengthKnown;
    private bool _hasEnded;
    private bool _readsNoMore;
    private long _owed;
    private int _status;
    private string? _reason;
    private long? _contentLength;
    private PreparedFields? _prepared;
    private long _turn; // body bytes since others on the hub had their turn, dropped ones too

    internal ResponseHeaders Headers { get; } = new();

    internal bool HasStarted { get; private set; }

    /// <summary>Whether some of it was sent already, since it is long or the app flushed.</summary>
    internal bool HasLeft => HasStarted && encoder.HasLeft;

    /// <summary>Whether a write of the app waits for the client, or a part of a file is on its way.</summary>
    internal bool IsWaiting => encoder.IsWaiting || IsSendingFile;

    /// <summary>Whether a part of a file is on its way.</summary>
    internal bool IsSendingFile { get; private set; }

    /// <summary>Whether the body is dropped.</summary>
    internal bool OmitsBody => request.Method == "HEAD" || StatusCodes.HasNoBody(_status);

    /// <summary>Body bytes of a known length that have not been written.</summary>
    internal long Owed => _owed;

    /// <summary>Body bytes that were given to the encoder.</summary>
    internal long BodySize { get; private set; }

    /// <summary>What X-Request-Id tells the client, unless the app has set one; null for none.</summary>
    internal string? RequestId { get; set; }

    internal bool IsWhole => HasStarted && _owed == 0;

    internal int Status
    {
        get => _status;
        set
        {
            CheckOpen();
            if (value is < 200 or > 999)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A final status is a number from 200 to 999.");
            _status = value;
        }
    }

    internal string? Reason
    {
        get => _reason;
        set
        {
            CheckOpen();
            if (value is not null && !HeaderSyntax.IsText(value))
                throw new ArgumentException("The reason phrase has a control character, or one beyond Latin-1.", nameof(value));
            _reason = value;
        }
    }

    internal long? ContentLength
    {
        get => _contentLength;
        set
        {
            CheckOpen();
            if (value is < 0)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A length is not below zero.");
            _contentLength = value;
        }
    }

    /// <summary>Fields that come before <see cref="Headers"/>.</summary>
    internal PreparedFields? Prepared
    {
        get => _prepared;
        set
        {
            CheckOpen();
            _prepared = value;
        }
    }

    internal void Begin() => Reset();

    /// <summary>The app is done with the request's body, whatever is left of it.</summary>
    internal void ReadNoMore() => _readsNoMore = true;

    /// <summary>Forgets what the app has set and written, so that something else can be answered instead.</summary>
    /// <returns>False when the head has left already.</returns>
    internal bool TryTakeBack()
    {
        if (HasStarted && !encoder.TryTakeBack())
            return false;
        Reset();
        return true;
    }

    /// <summary>Writes the head, once. Nothing is sent yet, unless there is no room.</summary>
    /// <param name="wholeLength">The length of the body where it is known though the app did not say.</param>
    internal ValueTask StartAsync(long? wholeLength = null)
    {
        if (HasStarted)
            return ValueTask.CompletedTask;
        var start = encoder.WriteHeadAsync(Decide(wholeLength));
        if (!start.IsCompletedSuccessfully)
            return StartSlowlyAsync(start);
        Started();
        return ValueTask.CompletedTask;
    }

    internal ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (!HasStarted)
        {
            var start = StartAsync();
            if (!start.IsCompletedSuccessfully)
                return StartThenWriteAsync(start, data);
        }
        CheckAlive();
        _turn += Math.Max(1, data.Length);
        return _turn > TurnBudget.Bytes ? WriteInNextTurnAsync(data) : WriteNow(data);
    }

    /// <summary>Text is written without a copy of its own where it fits.</summary>
    internal ValueTask WriteTextAsync(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        var start = StartAsync(length);
        if (!start.IsCompletedSuccessfully || !_hasBody || !encoder.TryGetSpan(length, out var room))
            return WriteTextSlowlyAsync(start, text);
        Count(length);
        encoder.Advance(Encoding.UTF8.GetBytes(text, room));
        return ValueTask.CompletedTask;
    }

    internal async ValueTask SendFileAsync(SafeFileHandle file, long offset, long count)
    {
        await StartAsync(count);
        CheckAlive();
        if (!_hasBody)
            return;
        if (!_isLengthKnown)
            throw new InvalidOperationException("A file goes only into a body of known length: set ContentLength before the first write.");
        Count(count);
        IsSendingFile = true;
        long unsent = await encoder.SendFileAsync(file, offset, count);
        IsSendingFile = false;
        _owed += unsent;
        BodySize -= unsent;
    }

    internal async ValueTask FlushAsync()
    {
        await StartAsync();
        await encoder.FlushAsync();
        CheckAlive();
    }

    /// <summary>The app is done: what is not started becomes an empty response, a body of unknown length gets its end.</summary>
    internal ValueTask EndAsync()
    {
        if (HasStarted)
            return EndStarted();
        ReadNoMore();
        // an app that skips the body of HEAD did not say its length
        var start = StartAsync(wholeLength: request.Method == "HEAD" ? null : 0);
        return start.IsCompletedSuccessfully ? EndStarted() : StartThenEndAsync(start);
    }

    /// <summary>Sends an interim response before the head.</summary>
    internal ValueTask SendInterimAsync(int status, IReadOnlyList<(string Name, string Value)> fields)
    {
        CheckOpen();
        foreach (var (name, value) in fields)
            HeaderSyntax.CheckResponseHeader(name, value);
        return encoder.SendInterimAsync(status, fields);
    }

    private ValueTask EndStarted()
    {
        _hasEnded = true;
        return encoder.EndAsync();
    }

    private ResponseHead Decide(long? wholeLength)
    {
        long? declared = _contentLength ?? DeclaredLength();
        long? length = _status == StatusCodes.ResetContent ? 0 : declared ?? wholeLength;
        _hasBody = !OmitsBody;
        _isLengthKnown = length is not null;
        _owed = _hasBody ? length ?? 0 : 0;
        bool isRequestUnread = body.AwaitsContinue || body.HasFailed || body.IsTooLong
            || (_readsNoMore && !body.IsAtEnd && body.IsTooLongToDrop);
        body.DropContinue();

        // RFC 9110 8.6: no Content-Length with 1xx and 204; with 304 only what the 200 would say, which the app alone knows.
        bool sendLength = !StatusCodes.HasNoLength(_status) || (_status == 304 && declared is not null);
        return new ResponseHead(_status, _reason, Headers, _prepared, RequestId, sendLength ? length : null, _hasBody, length,
            isRequestUnread);
    }

    private long? DeclaredLength()
    {
        if (!Headers.HasAny(ServerFields.ContentLength) || Headers["Content-Length"] is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : throw new InvalidOperationException("The Content-Length that the app set is not a number.");
    }

    private void Started()
    {
        HasStarted = true;
        Headers.Seal();
    }

    private async ValueTask StartSlowlyAsync(ValueTask start)
    {
        await start;
        Started();
    }

    private async ValueTask StartThenWriteAsync(ValueTask start, ReadOnlyMemory<byte> data)
    {
        await start;
        await WriteAsync(data);
    }

    private async ValueTask StartThenEndAsync(ValueTask start)
    {
        await start;
        await EndStarted();
    }

    private async ValueTask WriteTextSlowlyAsync(ValueTask start, string text)
    {
        await start;
        await WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    private async ValueTask WriteInNextTurnAsync(ReadOnlyMemory<byte> data)
    {
        _turn = 0;
        await Coroutine.Yield();
        CheckAlive();
        await WriteNow(data);
    }

    private ValueTask WriteNow(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty || !_hasBody)
            return ValueTask.CompletedTask;
        Count(data.Length);
        return encoder.WriteBodyAsync(data);
    }

    private void Count(long length)
    {
        if (_hasEnded)
            throw new InvalidOperationException("The response was ended; nothing more can be written.");
        if (_isLengthKnown)
        {
            if (length > _owed)
                throw new InvalidOperationException("The app wrote more than the Content-Length that it gave; the excess is not sent.");
            _owed -= length;
        }
        BodySize += length;
    }

    private void Reset()
    {
        Headers.Reset();
        HasStarted = false;
        BodySize = 0;
        (_status, _reason, _contentLength, _prepared, _owed, _turn) = (200, null, null, null, 0, 0);
        (_hasBody, _isLengthKnown, _hasEnded, _readsNoMore) = (false, false, false, false);
    }

    private void CheckAlive()
    {
        if (encoder.IsBroken)
            throw new IOException("The client has gone; nothing more can be sent.");
    }

    private void CheckOpen()
    {
        if (HasStarted)
            throw new InvalidOperationException("The response head has left; it can no longer be changed.");
    }
}
