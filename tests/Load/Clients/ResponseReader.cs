using System.Buffers;
using System.Buffers.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>
/// Reads responses off a connection and compares each byte with what is expected as it comes, so that a large body needs no memory.
/// Disposing it says that nothing more is owed.
/// </summary>
/// <param name="connection">The client's end.</param>
/// <param name="pause">How long it rests before each receive; zero for none.</param>
internal sealed class ResponseReader(Connection connection, TimeSpan pause) : IDisposable
{
    private const int BufferSize = 32 * 1024; // also the largest head

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    /// <summary>Bytes received.</summary>
    public long Count { get; private set; }

    private ReadOnlySpan<byte> Arrived => _buffer.AsSpan(_start.._end);

    /// <summary>Reads one response to its end.</summary>
    /// <exception cref="InvalidDataException">It is not the expected one.</exception>
    /// <exception cref="IOException">The connection was reset.</exception>
    public async Task ReadAsync(Expected expected)
    {
        int headEnd;
        while ((headEnd = Arrived.IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync();
        var head = ResponseHead.Parse(Arrived[..(headEnd + 2)]);
        _start += headEnd + 4;
        if (head.Status != expected.Status)
            throw new InvalidDataException($"status {head.Status} instead of {expected.Status}");
        if (head.Closes != expected.Closes)
            throw new InvalidDataException(head.Closes ? "Connection: close that nobody asked for" : "no Connection: close");
        if (!expected.HasNoBody && head.IsChunked)
            await ReadChunksAsync(expected.Body);
        else if (!expected.HasNoBody || (expected.IsHead && !head.IsChunked))
            await ReadLengthAsync(head, expected);
        if (expected.Closes)
            await ReadEndAsync();
    }

    /// <exception cref="InvalidDataException">More has come than was asked for.</exception>
    public void CheckNothingLeft()
    {
        if (_start != _end)
            throw new InvalidDataException("bytes after the answer");
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private async Task ReadLengthAsync(ResponseHead head, Expected expected)
    {
        long length = head.ContentLength ?? throw new InvalidDataException("a response without a length");
        if (expected.Body is { } body && body.Length != length)
            throw new InvalidDataException($"Content-Length {length} instead of {body.Length}");
        if (!expected.IsHead)
            await ReadBodyAsync(expected.Body, 0, length);
    }

    private async Task ReadChunksAsync(ReadOnlyMemory<byte>? expected)
    {
        for (long offset = 0; ;)
        {
            int lineEnd;
            while ((lineEnd = Arrived.IndexOf("\r\n"u8)) < 0)
                await FillAsync();
            if (!Utf8Parser.TryParse(Arrived[..lineEnd], out long size, out int digits, 'x') || digits != lineEnd || size < 0)
                throw new InvalidDataException("a chunk size that is no hexadecimal number");
            _start += lineEnd + 2;
            if (size > 0)
                await ReadBodyAsync(expected, offset, size);
            while (Arrived.Length < 2)
                await FillAsync();
            if (!Arrived.StartsWith("\r\n"u8))
                throw new InvalidDataException(size == 0 ? "trailers that nobody expects" : "a chunk that is not as long as its size says");
            _start += 2;
            offset += size;
            if (size > 0)
                continue;
            if (expected is { } body && body.Length != offset)
                throw new InvalidDataException($"{offset} bytes in chunks instead of {body.Length}");
            return;
        }
    }

    private async Task ReadBodyAsync(ReadOnlyMemory<byte>? expected, long offset, long count)
    {
        if (expected is { } whole && offset + count > whole.Length)
            throw new InvalidDataException($"more than the {whole.Length} bytes of the body");
        for (long end = offset + count; offset < end;)
        {
            if (_start == _end)
                await FillAsync();
            int length = (int)Math.Min(_end - _start, end - offset);
            if (expected is { } body && !body.Span.Slice((int)offset, length).SequenceEqual(Arrived[..length]))
                throw new InvalidDataException("a wrong byte in the body");
            _start += length;
            offset += length;
        }
    }

    private async Task ReadEndAsync()
    {
        CheckNothingLeft();
        if (await connection.ReceiveAsync(_buffer) != 0)
            throw new InvalidDataException("bytes after the answer");
    }

    private async Task FillAsync()
    {
        if (_start > 0)
        {
            Arrived.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            throw new InvalidDataException("a head or a chunk's line without an end");
        if (pause > TimeSpan.Zero)
            await Coroutine.Sleep(pause);
        int count = await connection.ReceiveAsync(_buffer.AsMemory(_end));
        if (count == 0)
            throw new InvalidDataException(Count == 0 ? "closed without an answer" : "closed in an answer");
        _end += count;
        Count += count;
    }
}
