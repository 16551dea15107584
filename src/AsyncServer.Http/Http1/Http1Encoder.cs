using System.Globalization;
using System.Text;
using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// Writes responses as HTTP/1.x has them (RFC 9112): the head's lines, the framing of the body, and whether the connection ends. It serves
/// one connection after the other, on that one's hub.
/// </summary>
internal sealed class Http1Encoder(RequestHead request, OutputBuffer output, ServerLines lines) : IResponseEncoder
{
    // Size line and line end of a chunk of at most 2^31 bytes.
    private const int ChunkOverhead = 8 + 2 + 2;
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    // Per connection that the exchange is lent to.
    private Connection _connection = null!;

    // Per request.
    private Framing _framing;
    private long _start;
    private bool _hasStarted;

    /// <summary>Whether the connection ends after this response. May be set until the head is written.</summary>
    internal bool Close { get; set; }

    /// <summary>Where in the output the response starts; answers to earlier requests are in front of that.</summary>
    internal long Start => _hasStarted ? _start : output.Position;

    public bool IsBroken => output.IsBroken || _connection.IsClosed;

    public bool IsWaiting => output.IsWaiting;

    public bool HasLeft => _hasStarted && output.HasLeft(_start);

    public long Unsent => output.Unsent;

    internal void Take(Connection connection) => _connection = connection;

    internal void Begin(bool close)
    {
        _framing = Framing.None;
        _hasStarted = false;
        Close = close;
    }

    public bool TryTakeBack()
    {
        if (_hasStarted && !output.TryTakeBack(_start))
            return false;
        _hasStarted = false;
        _framing = Framing.None;
        return true;
    }

    public ValueTask WriteHeadAsync(in ResponseHead head)
    {
        _framing = !head.HasBody ? Framing.None
            : head.BodyLength is not null ? Framing.Length
            : request.MinorVersion > 0 ? Framing.Chunked
            : Framing.Close;

        // After a body that may or may not come, or that could not be read, nothing on the connection can be trusted.
        Close |= _framing == Framing.Close || head.IsRequestUnread || _connection.IsEnding || AppCloses(head.Headers);
        int size = Http1Head.MaxSize(head);
        if (size > OutputBuffer.Size)
            throw new InvalidOperationException($"The response's headers are larger than {OutputBuffer.Size} bytes.");
        if (size > output.Free && !output.TryFlush(_connection))
            return WriteHeadSlowlyAsync(head, size);
        WriteHead(head, size);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteBodyAsync(ReadOnlyMemory<byte> data)
    {
        if (_framing == Framing.Chunked)
            return WriteChunkAsync(data);
        if (data.Length > output.Free)
            return output.SendAsync(_connection, data);
        output.Write(data.Span);
        return ValueTask.CompletedTask;
    }

    public bool TryGetSpan(int length, out Span<byte> span)
    {
        bool hasRoom = _framing == Framing.Length && length <= output.Free;
        span = hasRoom ? output.GetSpan(length) : default;
        return hasRoom;
    }

    public void Advance(int count) => output.Advance(count);

    public async ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long count)
    {
        await output.FlushAsync(_connection, moreFollows: count > 0);
        return output.IsBroken ? count : await FileSender.SendAsync(_connection, output, file, offset, count);
    }

    public ValueTask FlushAsync() => output.FlushAsync(_connection);

    public ValueTask EndAsync()
    {
        if (_framing != Framing.Chunked || output.IsBroken)
            return ValueTask.CompletedTask;
        _framing = Framing.None;
        if (output.Free < LastChunk.Length)
            return output.SendAsync(_connection, LastChunk);
        output.Write(LastChunk);
        return ValueTask.CompletedTask;
    }

    public ValueTask SendInterimAsync(int status, IReadOnlyList<(string Name, string Value)> fields)
    {
        if (request.MinorVersion == 0)
            return ValueTask.CompletedTask; // RFC 9110 15.2: HTTP/1.0 has no 1xx
        var text = new StringBuilder(Encoding.ASCII.GetString(StatusLine.For(status)));
        foreach (var (name, value) in fields)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        text.Append("\r\n");
        return output.SendInOrderAsync(_connection, Encoding.Latin1.GetBytes(text.ToString()));
    }

    private static bool AppCloses(ResponseHeaders headers) =>
        headers.HasAny(ServerFields.Connection) && string.Equals(headers["Connection"], "close", StringComparison.OrdinalIgnoreCase);

    private async ValueTask WriteHeadSlowlyAsync(ResponseHead head, int size)
    {
        await output.FlushAsync(_connection);
        WriteHead(head, size);
    }

    private void WriteHead(in ResponseHead head, int size)
    {
        var ending = Close ? ConnectionField.Close
            : request.MinorVersion == 0 ? ConnectionField.KeepAlive // HTTP/1.0 must be told
            : ConnectionField.None;
        _start = output.Position;
        output.Advance(Http1Head.Write(output.GetSpan(size), head, _framing, ending, lines));
        _hasStarted = true;
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
}
