using AsyncServer.Runtime;

namespace AsyncServer.Unit.Support;

/// <summary>
/// Bytes in records, each behind a byte with its length. As TLS does, it reads ahead, returns one record at a time, and takes output that
/// does not fit below it.
/// </summary>
internal sealed class RecordTransport(Transport inner) : TransportDecorator(inner)
{
    private const int ReadAhead = 64;

    private readonly List<byte> _input = [];
    private readonly List<byte> _output = [];

    internal static byte[] Encode(ReadOnlySpan<byte> payload) => [(byte)payload.Length, .. payload];

    internal override bool HasBufferedInput => HasRecord;

    private bool HasRecord => _input.Count > 0 && _input.Count > _input[0];

    internal override TransferResult Receive(Span<byte> buffer)
    {
        Span<byte> ahead = stackalloc byte[ReadAhead];
        bool isDrained = false;
        while (!HasRecord)
        {
            var result = base.Receive(ahead);
            if (result.Status != TransferStatus.Done)
                return result with { HoldsOutput = _output.Count > 0 };
            isDrained = result.IsDrained;
            _input.AddRange(ahead[..result.Count]);
        }
        if (buffer.IsEmpty)
            return TransferResult.Done(0, isDrained);
        int count = _input[0];
        _input.Slice(1, count).ToArray().CopyTo(buffer);
        _input.RemoveRange(0, 1 + count);
        return TransferResult.Done(count, isDrained);
    }

    internal override TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows)
    {
        if (Flush() is var before && (before.HoldsOutput || before.Status == TransferStatus.Broken))
            return before;
        int count = Math.Min(data.Length, byte.MaxValue);
        _output.AddRange(Encode(data[..count]));
        return TransferResult.Done(count) with { HoldsOutput = Flush().HoldsOutput };
    }

    internal override TransferResult Flush()
    {
        while (_output.Count > 0)
        {
            var result = base.Send(_output.ToArray(), moreFollows: false);
            if (result.Status != TransferStatus.Done)
                return result with { HoldsOutput = result.Status == TransferStatus.WouldBlock };
            _output.RemoveRange(0, result.Count);
        }
        return TransferResult.Done(0);
    }
}
