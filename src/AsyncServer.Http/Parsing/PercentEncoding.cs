using System.Buffers;
using System.Text;

namespace AsyncServer.Http;

/// <summary>Percent-encoded text (RFC 3986 2.1) that stands for UTF-8.</summary>
internal static class PercentEncoding
{
    internal const int TripletLength = 3;

    private const int MaxUtf8Length = 4;

    /// <summary>Longer paths are rare enough to be decoded on the heap.</summary>
    internal const int StackBufferSize = 512;

    /// <summary>Whether the text begins with a percent and two hexadecimal digits.</summary>
    internal static bool IsTriplet(ReadOnlySpan<byte> text) => Triplet(text) >= 0;

    /// <summary>
    /// How many bytes of the text spell its first character, or 0 when that is NUL or not well-formed UTF-8.
    /// The text begins with a percent; nothing outside triplets continues a character, since raw bytes are ASCII.
    /// </summary>
    internal static int CharacterLength(ReadOnlySpan<byte> text)
    {
        Span<byte> encoded = stackalloc byte[MaxUtf8Length];
        int count = 0;
        while (count < MaxUtf8Length && Triplet(text[(count * TripletLength)..]) is >= 0 and int value)
        {
            encoded[count++] = (byte)value;
        }

        bool valid = Rune.DecodeFromUtf8(encoded[..count], out Rune rune, out int length) == OperationStatus.Done;
        return valid && rune.Value != 0 ? length * TripletLength : 0;
    }

    /// <summary>Whether the text begins with a character spelt in more bytes than it needs (RFC 3629 3).</summary>
    internal static bool IsOverlong(ReadOnlySpan<byte> text)
    {
        int first = Triplet(text);
        if (first is not (0xC0 or 0xC1 or 0xE0 or 0xF0))
        {
            return false;
        }

        int second = Triplet(text[TripletLength..]);
        return first switch
        {
            0xE0 => second is >= 0x80 and < 0xA0,
            0xF0 => second is >= 0x80 and < 0x90,
            _ => second is >= 0x80 and < 0xC0,
        };
    }

    /// <summary>Decodes, once, a path that the parser has let pass. An empty one is the root.</summary>
    internal static string DecodePath(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return "/";
        }

        int stop = path.IndexOf((byte)'%');
        if (stop < 0)
        {
            return Encoding.ASCII.GetString(path);
        }

        Span<byte> decoded = path.Length <= StackBufferSize ? stackalloc byte[StackBufferSize] : new byte[path.Length];
        return Encoding.UTF8.GetString(decoded[..Decode(path, decoded)]);
    }

    /// <summary>Decodes, once, a path that the parser has let pass, into at least as much room as it has bytes.</summary>
    /// <returns>Bytes written.</returns>
    internal static int Decode(ReadOnlySpan<byte> path, Span<byte> decoded)
    {
        int written = 0;
        for (int i = 0; i < path.Length; i++)
        {
            int value = Triplet(path[i..]);
            decoded[written++] = value < 0 ? path[i] : (byte)value;
            i += value < 0 ? 0 : TripletLength - 1;
        }

        return written;
    }

    private static int Triplet(ReadOnlySpan<byte> text)
    {
        if (text.Length < TripletLength || text[0] != '%')
        {
            return -1;
        }

        int high = Syntax.HexValue(text[1]);
        int low = Syntax.HexValue(text[2]);
        return (high | low) < 0 ? -1 : (high << 4) | low;
    }
}
