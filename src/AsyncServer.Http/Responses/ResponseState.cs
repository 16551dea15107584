using System.Globalization;
using System.Text;
using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// The response to the current request: what the app has set, whether the head has left, and how much body is still owed.
/// One is used for many requests.
/// </summary>
internal sealed class ResponseState(RequestHead request, RequestBody body, OutputBuffer output)
{
    // Size line and line end of a chunk of at most 2^31 bytes.
    private const int ChunkOverhead = 8 + 2 + 2;
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private Connection _connection = null!;
    private ServerLines _lines = null!;
    private Framing _framing;
    private long _owed;
    private long _headPosition;
    private int _status;
    private string? _reason;
    private long? _contentLength;
    private long _turn; // body bytes since others on the hub had their turn, dropped ones too

    internal ResponseHeaders Headers { get; } = new();

    internal bool HasStarted { get; private set; }

    /// <summary>Whether some of it was sent already, since it is long or the app flushed.</summary>
    internal bool HasLeft => HasStarted && output.HasLeft(_headPosition);

    /// <summary>Whether the connection ends after this response. May be set until the head leaves.</summary>
    internal bool Close { get; set; }

    /// <summary>Whether a part of a file is on its way.</summary>
    internal bool IsSendingFile { get; private set; }

    /// <summary>Whether the body is dropped.</summary>
    internal bool OmitsBody => request.Method == "HEAD" || StatusLine.HasNoBody(_status);

    /// <summary>Where in the output it begins; answers to earlier requests are in front of that.</summary>
    internal long Position => HasStarted ? _headPosition : output.Position;

    /// <summary>Body bytes of a known length that have not been written.</summary>
    internal long Owed => _owed;

    /// <summary>Body bytes that were given to the output.</summary>
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

    /// <summary>
    /// Header lines that were put together for many responses, each with its CRLF; none of them frames the message or is Date or
    /// Server. They come before <see cref="Headers"/>.
    /// </summary>
    internal byte[]? PreparedLines { get; set; }

    internal void Begin(Connection connection, ServerLines lines, bool close)
    {
        _connection = connection;
        _lines = lines;
        Reset();
        Close = close;
    }

    /// <summary>Forgets what the app has set and written, so that an error can be answered instead.</summary>
    /// <returns>False when the head has left already.</returns>
    internal bool TryTakeBack()
    {
        if (HasStarted && !output.TryTakeBack(_headPosition))
            return false;
        Reset();
        return true;
    }

    private void Reset()
    {
        Headers.Reset();
        PreparedLines = null;
        HasStarted = false;
        BodySize = 0;
        (_status, _reason, _contentLength, _owed, _framing, _turn) = (200, null, null, 0, Framing.None, 0);
    }

    /// <summary>Puts the head into the output, once. Nothing is sent yet, unless there is no room.</summary>
    /// <param name="wholeLength">The length of the body where it is known though the app did not say.</param>
    internal ValueTask StartAsync(long? wholeLength = null)
    {
        if (HasStarted)
            return ValueTask.CompletedTask;
        var facts = Decide(wholeLength);
        int size = ResponseHead.MaxSize(Headers, facts);
        if (size > OutputBuffer.Size)
            throw new InvalidOperationException($"The response's headers are larger than {OutputBuffer.Size} bytes.");
        if (size > output.Free && !output.TryFlush(_connection))
            return StartSlowlyAsync(facts, size);
        WriteHead(facts, size);
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
        return _turn > OutputBuffer.BytesPerTurn ? WriteInNextTurnAsync(data) : WriteNow(data);
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
        if (data.IsEmpty || _framing == Framing.None)
            return ValueTask.CompletedTask;
        Count(data.Length);
        if (_framing == Framing.Chunked)
            return WriteChunkAsync(data);
        if (data.Length > output.Free)
            return output.SendAsync(_connection, data);
        output.Write(data.Span);
        return ValueTask.CompletedTask;
    }

    internal async ValueTask SendFileAsync(SafeFileHandle file, long offset, long count)
    {
        await StartAsync(count);
        CheckAlive();
        if (_framing == Framing.None)
            return;
        if (_framing == Framing.Chunked)
            throw new InvalidOperationException("A file goes only into a body of known length: set ContentLength before the first write.");
        Count(count);
        await output.FlushAsync(_connection, moreFollows: count > 0);
        if (output.IsBroken)
            return;
        IsSendingFile = true;
        long unsent = await FileSender.SendAsync(_connection, output, file, offset, count);
        _owed += unsent;
        BodySize -= unsent;
        IsSendingFile = false;
    }

    internal async ValueTask FlushAsync()
    {
        await StartAsync();
        await output.FlushAsync(_connection);
        CheckAlive();
    }

    /// <summary>The app is done: what is not started becomes an empty response, a chunked body gets its end.</summary>
    internal ValueTask EndAsync()
    {
        if (!HasStarted)
            return StartAsync(wholeLength: request.Method == "HEAD" ? null : 0); // an app that skips the body of HEAD did not say its length
        if (_framing != Framing.Chunked || output.IsBroken)
            return ValueTask.CompletedTask;
        _framing = Framing.None;
        if (output.Free < LastChunk.Length)
            return output.SendAsync(_connection, LastChunk);
        output.Write(LastChunk);
        return ValueTask.CompletedTask;
    }

    private HeadFacts Decide(long? wholeLength)
    {
        long? declared = _contentLength ?? DeclaredLength();
        long? length = declared ?? wholeLength;
        _framing = OmitsBody ? Framing.None
            : length is not null ? Framing.Length
            : request.MinorVersion > 0 ? Framing.Chunked
            : Framing.Close;
        _owed = _framing == Framing.Length ? length!.Value : 0;

        // After a body that may or may not come, or that could not be read, nothing on the connection can be trusted.
        Close |= _framing == Framing.Close || body.AwaitsContinue || body.HasFailed || _connection.IsEnding || AppCloses();

        body.DropContinue();

        // RFC 9110 8.6: no Content-Length with 1xx and 204; with 304 only what the 200 would say, which the app alone knows.
        bool sendLength = !StatusLine.HasNoBody(_status) || (_status == 304 && declared is not null);
        bool announce = request.MinorVersion == 0 && !Close;
        return new HeadFacts(_status, _reason, _framing, sendLength ? length : null, Close, announce, PreparedLines, RequestId);
    }

    private long? DeclaredLength()
    {
        if (Headers.Count == 0 || Headers["Content-Length"] is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : throw new InvalidOperationException("The Content-Length that the app set is not a number.");
    }

    private bool AppCloses() => Headers.Count > 0 && string.Equals(Headers["Connection"], "close", StringComparison.OrdinalIgnoreCase);

    private async ValueTask StartSlowlyAsync(HeadFacts facts, int size)
    {
        await output.FlushAsync(_connection);
        WriteHead(facts, size);
    }

    private void WriteHead(in HeadFacts facts, int size)
    {
        _headPosition = output.Position;
        output.Advance(ResponseHead.Write(output.GetSpan(size), Headers, facts, _lines));
        HasStarted = true;
        Headers.Seal();
    }

    private async ValueTask StartThenWriteAsync(ValueTask start, ReadOnlyMemory<byte> data)
    {
        await start;
        await WriteAsync(data);
    }

    private ValueTask WriteChunkAsync(ReadOnlyMemory<byte> data)
    {
        if (data.Length + ChunkOverhead > output.Free)
            return SendChunkAsync(data);
        WriteChunkSize(data.Length);
        output.Write(data.Span);
        output.Write(LineEnd);
        return ValueTask.CompletedTask;
    }

    private async ValueTask SendChunkAsync(ReadOnlyMemory<byte> data)
    {
        if (output.Free < ChunkOverhead)
            await output.FlushAsync(_connection);
        WriteChunkSize(data.Length);
        await output.SendAsync(_connection, data);
        output.Write(LineEnd);
    }

    private void WriteChunkSize(int length)
    {
        var span = output.GetSpan(ChunkOverhead);
        length.TryFormat(span, out int written, "x", CultureInfo.InvariantCulture);
        LineEnd.CopyTo(span[written..]);
        output.Advance(written + LineEnd.Length);
    }

    private void Count(long length)
    {
        if (_framing == Framing.Length)
        {
            if (length > _owed)
                throw new InvalidOperationException("The app wrote more than the Content-Length that it gave; the excess is not sent.");
            _owed -= length;
        }
        BodySize += length;
    }

    private void CheckAlive()
    {
        if (output.IsBroken || _connection.IsClosed)
            throw new IOException("The client has gone; nothing more can be sent.");
    }

    private void CheckOpen()
    {
        if (HasStarted)
            throw new InvalidOperationException("The response head has left; it can no longer be changed.");
    }

    /// <summary>Text goes to the output without a copy of its own where it fits.</summary>
    internal ValueTask WriteTextAsync(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        var start = StartAsync(length);
        if (!start.IsCompletedSuccessfully || _framing != Framing.Length || length > output.Free)
            return WriteTextSlowlyAsync(start, text);
        Count(length);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
        return ValueTask.CompletedTask;
    }

    private async ValueTask WriteTextSlowlyAsync(ValueTask start, string text)
    {
        await start;
        await WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
