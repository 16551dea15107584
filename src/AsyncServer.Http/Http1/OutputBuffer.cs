using System.Buffers;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Bytes on their way to the peer, gathered so that few sends carry them. It holds at most <see cref="Size"/>; a longer
/// piece goes out from its own memory, behind what was gathered and in the same system call.
/// </summary>
internal sealed class OutputBuffer(RequestDeadlines deadlines)
{
    /// <summary>The most bytes that are gathered before they are sent.</summary>
    internal const int Size = 16 * 1024;

    private byte[] _array = [];
    private int _start;
    private int _end;
    private long _sent;
    private long _givenUp;
    private Task? _earlier;
    private long _earlierEnd;

    internal bool IsEmpty => _start == _end;

    /// <summary>Whether the peer is gone or took nothing for too long: nothing can be sent any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Whether a send of the current answer waits for the peer.</summary>
    internal bool IsWaiting { get; private set; }

    /// <summary>Whether what earlier answers left is on its way.</summary>
    internal bool IsSendingEarlier => _earlier is { IsCompleted: false };

    /// <summary>Where on the connection the next byte written here will stand.</summary>
    internal long Position => _sent + (_end - _start);

    /// <summary>Bytes that wait to be sent, and those that were given up.</summary>
    internal long Unsent => _end - _start + _givenUp;

    /// <summary>Bytes that fit without a send.</summary>
    internal int Free => _array.Length == 0 ? Size : Size - _end;

    /// <summary>
    /// Room for <paramref name="size"/> bytes, at most <see cref="Free"/>; <see cref="Advance"/> tells how many were written.
    /// </summary>
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
        if (IsSendingEarlier)
            return false;
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

    /// <summary>
    /// Sends the bytes in front of a position, those of earlier answers: now, or while the app works on its own, which then goes out behind
    /// them.
    /// </summary>
    internal void SendEarlier(Connection connection, long position)
    {
        if (IsWaiting)
            return; // a write of the app's sends them first, and waits already
        _earlierEnd = position;
        if (!IsSendingEarlier && !TrySendEarlier(connection))
            _earlier = SendEarlierAsync(connection);
    }

    internal async ValueTask FlushAsync(Connection connection, bool moreFollows = false)
    {
        if (IsSendingEarlier)
            await AwaitEarlierAsync();
        while (!TryFlush(connection, moreFollows))
            await WaitAsync(connection);
    }

    /// <summary>Sends the gathered bytes and then <paramref name="data"/>, without copying it.</summary>
    internal async ValueTask SendAsync(Connection connection, ReadOnlyMemory<byte> data)
    {
        if (IsSendingEarlier)
            await AwaitEarlierAsync();
        int turn = 0;
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
            else if ((turn += result.Count) >= TurnBudget.Bytes && data.Length > 0)
                turn = await YieldAsync();
        }
        _givenUp += data.Length;
        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>Sends a piece of its own, such as an interim response: what is written while it waits goes out behind it.</summary>
    internal async ValueTask SendInOrderAsync(Connection connection, ReadOnlyMemory<byte> data)
    {
        if (data.Length > Free)
            await FlushAsync(connection);
        if (data.Length > Size)
        {
            await SendAsync(connection, data);
            return;
        }
        Write(data.Span);
        await FlushAsync(connection);
    }

    /// <summary>Waits until the transport takes more; a client that takes too little for too long breaks the output.</summary>
    internal async ValueTask WaitAsync(Connection connection)
    {
        IsWaiting = true; // and stays so where the wait is interrupted: then the response is torn
        deadlines.BeginResponseWait();
        try { await WaitWritableAsync(connection); }
        finally { deadlines.EndResponseWait(); }
        IsWaiting = false;
    }

    private bool TrySendEarlier(Connection connection)
    {
        while (_sent < _earlierEnd && !IsBroken)
        {
            var result = connection.Send(_array.AsSpan(_start, (int)(_earlierEnd - _sent)));
            _start += result.Count;
            _sent += result.Count;
            IsBroken = result.Status == TransferStatus.Broken;
            if (result.Status == TransferStatus.WouldBlock)
                return false;
        }
        return true;
    }

    private async Task SendEarlierAsync(Connection connection)
    {
        do
            await WaitWritableAsync(connection);
        while (!TrySendEarlier(connection));
    }

    private async ValueTask AwaitEarlierAsync()
    {
        IsWaiting = true;
        deadlines.BeginResponseWait();
        try { await _earlier!; }
        finally { deadlines.EndResponseWait(); }
        IsWaiting = false;
    }

    private async ValueTask<int> YieldAsync()
    {
        IsWaiting = true;
        await Coroutine.Yield();
        IsWaiting = false;
        return 0;
    }

    private async ValueTask WaitWritableAsync(Connection connection)
    {
        var room = connection.WaitWritableAsync(); // first: where this throws, no wait began that would need a deadline
        deadlines.BeginSend();
        try { IsBroken |= !await room; }
        finally { deadlines.EndSend(); } // also where the coroutine was killed: the deadline must not outlive the wait
    }

    internal void Break() => IsBroken = true;

    /// <summary>Forgets this connection, unsent bytes included, and gives the memory back unless it is to be kept.</summary>
    internal void Release(bool keepBuffer)
    {
        if (!keepBuffer && _array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
        _start = _end = 0;
        _sent = _givenUp = _earlierEnd = 0;
        _earlier = null;
        IsBroken = false;
    }
}
