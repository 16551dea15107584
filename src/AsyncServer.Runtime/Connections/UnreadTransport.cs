using System.Buffers;

namespace AsyncServer.Runtime;

/// <summary>Bytes that were read too far: they come out before everything else, and then the decorator is dropped.</summary>
internal sealed class UnreadTransport : TransportDecorator
{
    // All belong to the hub's thread. The bytes are the pool's, and go back as soon as they are out or the connection is closed.
    private byte[]? _bytes;
    private readonly int _end;
    private int _start;

    internal UnreadTransport(Transport inner, ReadOnlySpan<byte> bytes) : base(inner)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_bytes);
        _end = bytes.Length;
    }

    internal override bool HasBufferedInput => _bytes is not null || base.HasBufferedInput;

    internal override Transport Peel() => _bytes is null ? Inner.Peel() : this;

    // Never drained: what the system holds was not looked at.
    internal override TransferResult Receive(Span<byte> buffer)
    {
        if (_bytes is null)
            return base.Receive(buffer);
        var left = _bytes.AsSpan(_start.._end);
        int count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        _start += count;
        if (_start == _end)
            GiveBack();
        return TransferResult.Done(count);
    }

    internal override void Close(bool reset)
    {
        GiveBack();
        base.Close(reset);
    }

    private void GiveBack()
    {
        if (_bytes is not { } bytes)
            return;
        _bytes = null;
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
