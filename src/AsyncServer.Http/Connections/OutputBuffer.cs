using System.Buffers;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Bytes on their way to the peer, gathered so that few sends carry them. It holds at most <see cref="Size"/>; a longer
/// piece goes out from its own memory, behind what was gathered and in the same system call.
/// </summary>
internal sealed class OutputBuffer(HttpLimits limits)
{
    /// <summary>Bytes leave at the latest when so many wait.</summary>
    internal const int Size = 16 * 1024;

    private readonly SendPatience _patience = new(limits);
    private byte[] _array = [];
    private int _start;
    private int _end;
    private long _sent;
    private long _givenUp;

    internal bool IsEmpty => _start == _end;

    /// <summary>Whether the peer is gone or took nothing for too long: nothing can be sent any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Whether that is so because the peer took too little for too long.</summary>
    internal bool IsTooSlow { get; private set; }

    /// <summary>Whether a send waits for the peer.</summary>
    internal bool IsWaiting { get; private set; }

    /// <summary>Where on the connection the next byte written here will stand.</summary>
    internal long Position => _sent + (_end - _start);

    /// <summary>Bytes that wait to be sent, and those that were given up.</summary>
    internal long Unsent => _end - _start + _givenUp;

    /// <summary>Bytes that fit without a send.</summary>
    internal int Free => _array.Length == 0 ? Size : Size - _end;

    /// <summary>Room for <paramref name="size"/> bytes, at most <see cref="Free"/>; <see cref="Advance"/> tells how many were written.</summary>
    internal Span<byte> GetSpan(int size)
    {
        if (_array.Length == 0)
            _array = ArrayPool<byte>.Shared.Rent(Size);
        return _array.AsSpan(_end, size);
    }

    internal void Advance(int count) => _end += count;

    internal void Write(ReadOnlySpan<byte> data)
    {
        data.CopyTo(GetSpan(data.Length));
        _end += data.Length;
    }

    /// <summary>Whether the byte at a position was sent.</summary>
    internal bool HasLeft(long position) => position < _sent;

    /// <summary>Takes back what was written from a position on.</summary>
    /// <returns>False when some of it has left.</returns>
    internal bool TryTakeBack(long position)
    {
        if (HasLeft(position))
            return false;
        _end = _start + (int)(position - _sent);
        return true;
    }

    /// <summary>Sends what the transport takes now.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="moreFollows">Whether a file follows at once, whose first bytes can travel in the same packet.</param>
    /// <returns>Whether nothing is left to send: everything left, or nothing ever will.</returns>
    internal bool TryFlush(Connection connection, bool moreFollows = false)
    {
        while (_start < _end && !IsBroken)
        {
            var result = connection.Send(_array.AsSpan(_start, _end - _start), moreFollows);
            _start += result.Count;
            _sent += result.Count;
            IsBroken = result.Status == TransferStatus.Broken;
            if (result.Status == TransferStatus.WouldBlock)
                return false;
        }
        _givenUp += _end - _start;
        _start = _end = 0;
        return true;
    }

    /// <summary>Sends what the transport takes now of the bytes in front of a position.</summary>
    internal void SendUpTo(Connection connection, long position)
    {
        if (position <= _sent || IsBroken)
            return;
        var result = connection.Send(_array.AsSpan(_start, (int)(position - _sent)));
        _start += result.Count;
        _sent += result.Count;
        IsBroken = result.Status == TransferStatus.Broken;
    }

    internal async ValueTask FlushAsync(Connection connection, bool moreFollows = false)
    {
        while (!TryFlush(connection, moreFollows))
            await WaitAsync(connection);
    }

    /// <summary>Sends the gathered bytes and then <paramref name="data"/>, without copying it.</summary>
    internal async ValueTask SendAsync(Connection connection, ReadOnlyMemory<byte> data)
    {
        while (!IsBroken && data.Length > 0)
        {
            var result = connection.Send(_array.AsSpan(_start, _end - _start), data.Span);
            int gathered = Math.Min(result.Count, _end - _start);
            _start += gathered;
            _sent += result.Count;
            data = data[(result.Count - gathered)..];
            IsBroken = result.Status == TransferStatus.Broken;
            if (result.Status == TransferStatus.WouldBlock)
                await WaitAsync(connection);
        }
        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>Waits until the transport takes more; a client that takes too little for too long breaks the output.</summary>
    internal async ValueTask WaitAsync(Connection connection)
    {
        _patience.Begin();
        IsWaiting = true;
        if (!await connection.WaitWritableAsync())
            (IsBroken, IsTooSlow) = (true, connection.IsTimedOut);
        IsWaiting = false;
        _patience.End();
        connection.SetDeadline(limits.RequestTimeout);
    }

    internal void Break() => IsBroken = true;

    internal void Take(Connection connection) => _patience.Take(connection);

    /// <summary>Forgets this connection, unsent bytes included, and gives the memory back unless it is to be kept.</summary>
    internal void Release(bool keepBuffer)
    {
        if (!keepBuffer && _array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
        _start = _end = 0;
        _sent = _givenUp = 0;
        IsBroken = IsTooSlow = false;
        _patience.Forget();
    }
}
