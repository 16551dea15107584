using System.Buffers;
using System.Diagnostics;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// What has arrived on a connection and is not consumed yet. The bytes of the current message's head stay where they are
/// until the message is done, since headers are read from them lazily; body bytes come and go behind the head.
/// </summary>
internal sealed class InputBuffer
{
    internal const int UsualSize = 16 * 1024;

    // A head that nearly fills the buffer must not have its body arrive a few bytes at a time.
    private const int LeastRoom = 4 * 1024;

    private byte[] _array = [];

    // _start..(_start + _kept) is the head that must stay, _position.._end is unread.
    private int _start;
    private int _kept;
    private int _position;
    private int _end;

    /// <summary>The current message from its first byte on.</summary>
    internal ReadOnlySpan<byte> Message => _array.AsSpan(_start, _end - _start);

    internal ReadOnlySpan<byte> Unread => _array.AsSpan(_position, _end - _position);

    internal bool IsEmpty => _position == _end;

    /// <summary>Receives once, as much as there is room for; without any, the buffer grows.</summary>
    internal TransferResult ReceiveFrom(Connection connection)
    {
        MakeRoom();
        var result = connection.Receive(_array.AsSpan(_end));
        _end += result.Count;
        return result;
    }

    /// <summary>Marks the head as consumed and kept.</summary>
    internal void KeepHead(int length)
    {
        _kept = length;
        _position = _start + length;
    }

    internal void Consume(int count)
    {
        Debug.Assert(count <= _end - _position);
        _position += count;
    }

    /// <summary>The message is done: the next one starts at the first unread byte.</summary>
    internal void NextMessage()
    {
        _start = _position;
        _kept = 0;
        if (_start == _end)
            _start = _position = _end = 0;
    }

    /// <summary>Forgets the message, unread bytes included, and gives the memory back unless it is to be kept and not grown.</summary>
    internal void Release(bool keepBuffer)
    {
        if (_array.Length > (keepBuffer ? UsualSize : 0))
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
        _start = _kept = _position = _end = 0;
    }

    private void MakeRoom()
    {
        if (_array.Length == 0)
        {
            _array = ArrayPool<byte>.Shared.Rent(UsualSize);
            return;
        }
        int kept = _start + _kept;
        if (_kept == 0 && _start > 0)
        {
            // Between messages, or inside of a head: everything from the start of the message moves to the front.
            Unread.CopyTo(_array);
            (_end, _position, _start) = (_end - _start, 0, 0);
        }
        else if (_position > kept)
        {
            Unread.CopyTo(_array.AsSpan(kept));
            (_end, _position) = (kept + _end - _position, kept);
        }
        if (_array.Length - _end < LeastRoom)
            Grow();
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_array.Length * 2);
        _array.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
