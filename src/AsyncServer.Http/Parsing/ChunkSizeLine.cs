namespace AsyncServer.Http;

/// <summary>Reads the line before each chunk, byte by byte: hexadecimal size, extensions, CRLF (RFC 9112 7.1).</summary>
internal struct ChunkSizeLine
{
    /// <summary>For all extensions of a body, in bytes; nobody needs them, so this only has to outlive the odd sender.</summary>
    internal const int MaxExtensionsSize = 4 * 1024;

    // As many as a long can need; it also bounds leading zeros.
    private const int MaxDigits = 16;

    private int _digits;
    private int _extensionsSize;
    private ChunkExtension.State _extension;

    internal long Size { get; private set; }

    /// <summary>Whether the LF has been read.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>Gets ready for the next line of the same body.</summary>
    internal void Restart()
    {
        _digits = 0;
        _extension = ChunkExtension.State.AfterSize;
        Size = 0;
        IsComplete = false;
    }

    internal Rejection? Read(byte next)
    {
        if (_extension == ChunkExtension.State.End)
        {
            IsComplete = next == Syntax.LineFeed;
            return IsComplete ? null : Rejection.InvalidChunkLineEnd;
        }

        if (_extension == ChunkExtension.State.AfterSize && Syntax.HexValue(next) is >= 0 and int digit)
        {
            return AddDigit(digit);
        }

        return ReadExtension(next);
    }

    private Rejection? AddDigit(int digit)
    {
        if (_digits == MaxDigits || Size > long.MaxValue >> 4)
        {
            return Rejection.ChunkSizeTooLarge;
        }

        _digits++;
        Size = (Size << 4) | (uint)digit;
        return null;
    }

    private Rejection? ReadExtension(byte next)
    {
        bool afterSize = _extension == ChunkExtension.State.AfterSize;
        if (_digits == 0)
        {
            return Rejection.InvalidChunkSize;
        }

        if (next == Syntax.LineFeed)
        {
            return Rejection.InvalidChunkLineEnd;
        }

        _extension = ChunkExtension.Next(_extension, next);
        if (_extension == ChunkExtension.State.Invalid)
        {
            return afterSize ? Rejection.InvalidChunkSize : Rejection.InvalidChunkExtension;
        }

        bool isExtension = _extension != ChunkExtension.State.End;
        return isExtension && ++_extensionsSize > MaxExtensionsSize ? Rejection.ChunkExtensionsTooLarge : null;
    }
}
