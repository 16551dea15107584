using System.IO.Compression;

namespace AsyncServer.Http;

/// <summary>Encodes the pieces of one body. What it gives is valid until its next call.</summary>
internal sealed class ContentEncoder : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly Stream _encoder;

    internal ContentEncoder(ContentCoding coding, CompressionLevel level) => _encoder = coding.Name == "br"
        ? new BrotliStream(_output, level, leaveOpen: true)
        : new GZipStream(_output, level, leaveOpen: true);

    /// <param name="piece">Bytes of the content.</param>
    /// <param name="flush">Whether they can be decoded from what was given so far.</param>
    internal ReadOnlyMemory<byte> Encode(ReadOnlySpan<byte> piece, bool flush)
    {
        _output.SetLength(0);
        _encoder.Write(piece);
        if (flush)
            _encoder.Flush();
        return Output;
    }

    /// <summary>The end of the encoded content; nothing can follow.</summary>
    internal ReadOnlyMemory<byte> Finish()
    {
        _output.SetLength(0);
        _encoder.Dispose();
        return Output;
    }

    /// <summary>Gives its memory back; also one that did not come to its end.</summary>
    public void Dispose()
    {
        _encoder.Dispose();
        _output.Dispose();
    }

    private ReadOnlyMemory<byte> Output => _output.GetBuffer().AsMemory(0, (int)_output.Length);
}
