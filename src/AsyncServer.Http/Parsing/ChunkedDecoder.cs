namespace AsyncServer.Http;

/// <summary>
/// Decodes a chunked body (RFC 9112 7.1) as its bytes come. It takes everything it is given, except when the
/// destination is full or the body is over, so what it leaves after Complete belongs to the next message.
/// </summary>
internal struct ChunkedDecoder
{
    private readonly ParserLimits _limits;
    private Phase _phase;
    private ChunkSizeLine _sizeLine;
    private TrailerSection? _trailers;

    /// <param name="limits">The header limits, which trailers obey too.</param>
    /// <param name="maxBodySize">In bytes of data; a chunk that would pass it is refused by its size line.</param>
    internal ChunkedDecoder(in ParserLimits limits, long maxBodySize)
    {
        _limits = limits;
        MaxBodySize = maxBodySize;
    }

    private enum Phase
    {
        SizeLine,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        TrailersOrEnd,
        EndLineFeed,
        Trailers,
        Complete,
        Invalid,
    }

    /// <summary>May be changed until the first call to Decode.</summary>
    internal long MaxBodySize { get; set; }

    /// <summary>The sum of all chunk sizes read so far.</summary>
    internal long Announced { get; private set; }

    /// <summary>How much of the current chunk has not been given out.</summary>
    internal long Remaining { get; private set; }

    internal readonly IReadOnlyList<(string Name, string Value)> Trailers => _trailers?.Fields ?? [];

    /// <summary>Why, after Invalid.</summary>
    internal Rejection? Rejection { get; private set; }

    /// <summary>Incomplete means that it wants more input or, if the source was not all consumed, more room.</summary>
    internal ParseStatus Decode(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        while (_phase < Phase.Complete && consumed < source.Length)
        {
            if (_phase == Phase.Trailers)
            {
                ReadTrailers(source[consumed..], out int taken);
                consumed += taken;
            }
            else if (_phase != Phase.Data)
            {
                ReadFraming(source[consumed++]);
            }
            else if (written < destination.Length)
            {
                int count = CopyData(source[consumed..], destination[written..]);
                consumed += count;
                written += count;
            }
            else
            {
                break;
            }
        }

        return _phase switch
        {
            Phase.Complete => ParseStatus.Complete,
            Phase.Invalid => ParseStatus.Invalid,
            _ => ParseStatus.Incomplete,
        };
    }

    private int CopyData(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int count = (int)Math.Min(Remaining, Math.Min(source.Length, destination.Length));
        source[..count].CopyTo(destination);
        Remaining -= count;
        if (Remaining == 0)
        {
            _phase = Phase.DataCarriageReturn;
        }

        return count;
    }

    private void ReadFraming(byte next)
    {
        switch (_phase)
        {
            case Phase.SizeLine:
                ReadSizeLine(next);
                break;
            case Phase.DataCarriageReturn:
                Expect(next, Syntax.CarriageReturn, Phase.DataLineFeed, Rejection.InvalidChunkEnd);
                break;
            case Phase.DataLineFeed:
                Expect(next, Syntax.LineFeed, Phase.SizeLine, Rejection.InvalidChunkEnd);
                break;
            case Phase.TrailersOrEnd when next == Syntax.CarriageReturn:
                _phase = Phase.EndLineFeed;
                break;
            case Phase.TrailersOrEnd:
                _phase = Phase.Trailers;
                _trailers = new TrailerSection(_limits);
                ReadTrailers([next], out _);
                break;
            case Phase.EndLineFeed:
                Expect(next, Syntax.LineFeed, Phase.Complete, Rejection.InvalidHeaderName);
                break;
        }
    }

    private void ReadSizeLine(byte next)
    {
        if (_sizeLine.Read(next) is { } rejection)
        {
            Refuse(rejection);
        }
        else if (_sizeLine.IsComplete)
        {
            BeginChunk(_sizeLine.Size);
            _sizeLine.Restart();
        }
    }

    private void BeginChunk(long size)
    {
        if (size > MaxBodySize - Announced)
        {
            Refuse(Rejection.BodyTooLarge);
            return;
        }

        Announced += size;
        Remaining = size;
        _phase = size == 0 ? Phase.TrailersOrEnd : Phase.Data;
    }

    private void ReadTrailers(ReadOnlySpan<byte> source, out int consumed)
    {
        switch (_trailers!.Read(source, out consumed))
        {
            case ParseStatus.Complete:
                _phase = Phase.Complete;
                break;
            case ParseStatus.Invalid:
                Refuse(_trailers.Rejection!);
                break;
        }
    }

    private void Expect(byte next, byte expected, Phase then, Rejection otherwise)
    {
        if (next == expected)
        {
            _phase = then;
        }
        else
        {
            Refuse(otherwise);
        }
    }

    private void Refuse(Rejection rejection)
    {
        _phase = Phase.Invalid;
        Rejection = rejection;
    }
}
