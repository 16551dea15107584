using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/plain", "/plain")]
    [InlineData("/%2541", "/%41")]
    [InlineData("/a%20%E2%82%AC", "/a €")]
    public void DecodePath_ValidPath_DecodesOnce(string path, string decoded) =>
        Assert.Equal(decoded, PercentEncoding.DecodePath(Encoding.ASCII.GetBytes(path)));

    [Theory]
    [InlineData(100)]
    [InlineData(170)]
    [InlineData(3000)]
    public void DecodePath_AnyLength_LosesNothing(int characters)
    {
        string encoded = "/" + string.Concat(Enumerable.Repeat("%C3%A9", characters));
        Assert.Equal("/" + new string('é', characters), PercentEncoding.DecodePath(Encoding.ASCII.GetBytes(encoded)));
    }

    [Fact]
    public void CharacterLength_EveryCodePoint_IsItsUtf8LengthButZeroForNul()
    {
        Span<byte> utf8 = stackalloc byte[4];
        Span<byte> triplets = stackalloc byte[4 * PercentEncoding.TripletLength];
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out Rune rune))
            {
                continue; // a surrogate
            }

            int length = rune.EncodeToUtf8(utf8);
            Span<byte> encoded = triplets[..(length * PercentEncoding.TripletLength)];
            for (int i = 0; i < length; i++)
            {
                encoded[i * 3] = (byte)'%';
                encoded[(i * 3) + 1] = "0123456789abcdef"u8[utf8[i] >> 4];
                encoded[(i * 3) + 2] = "0123456789ABCDEF"u8[utf8[i] & 0xF];
            }

            int expected = value == 0 ? 0 : encoded.Length;
            if (PercentEncoding.CharacterLength(encoded) != expected || PercentEncoding.IsOverlong(encoded))
            {
                Assert.Fail($"U+{value:X4}");
            }
        }
    }

    [Fact]
    public void IsOverlong_EveryTwoBytePrefix_AgreesWithTheShortestForm()
    {
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                bool overlong = (second & 0xC0) == 0x80 && SequenceLength(first) > 0
                    && LargestValue(first, second) < SmallestValue(first);
                Assert.Equal(overlong, PercentEncoding.IsOverlong(Encoding.ASCII.GetBytes($"%{first:X2}%{second:X2}")));
            }
        }
    }

    // What the two bytes can still become, and what needs a sequence of that length at all (RFC 3629 3).
    private static int LargestValue(int first, int second)
    {
        int rest = 6 * (SequenceLength(first) - 2);
        int payload = ((first & (0x7F >> SequenceLength(first))) << 6) | (second & 0x3F);
        return ((payload + 1) << rest) - 1;
    }

    private static int SmallestValue(int first) => SequenceLength(first) switch
    {
        2 => 0x80,
        3 => 0x800,
        4 => 0x10000,
        _ => 0,
    };

    private static int SequenceLength(int first) => first switch
    {
        >= 0xC0 and < 0xE0 => 2,
        >= 0xE0 and < 0xF0 => 3,
        >= 0xF0 and < 0xF8 => 4,
        _ => 0,
    };
}
