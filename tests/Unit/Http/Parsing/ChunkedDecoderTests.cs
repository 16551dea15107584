using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

public sealed class ChunkedDecoderTests
{
    [Fact]
    public void Decode_WholeBody_StopsAtTheNextMessage()
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, 100);
        byte[] source = Bytes("5;a=\"b\"\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\nGET /");
        byte[] body = new byte[20];

        Assert.Equal(ParseStatus.Complete, decoder.Decode(source, body, out int consumed, out int written));
        Assert.Equal("hello!", Encoding.Latin1.GetString(body, 0, written));
        Assert.Equal("GET /", Encoding.Latin1.GetString(source[consumed..]));
        Assert.Equal([("X-Sum", "1")], decoder.Trailers);
    }

    [Fact]
    public void Decode_DestinationFull_WaitsForRoom()
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, 100);
        byte[] source = Bytes("5\r\nhello\r\n0\r\n\r\n");
        byte[] body = new byte[3];

        Assert.Equal(ParseStatus.Incomplete, decoder.Decode(source, body, out int consumed, out int written));
        Assert.Equal((6, 3, 2L), (consumed, written, decoder.Remaining));
        Assert.Equal(ParseStatus.Incomplete, decoder.Decode(source.AsSpan(consumed), [], out int none, out _));
        Assert.Equal(0, none);
        Assert.Equal(ParseStatus.Complete, decoder.Decode(source.AsSpan(consumed), body, out int rest, out written));
        Assert.Equal((source.Length - consumed, 2), (rest, written));
    }

    [Fact]
    public void Decode_DestinationExactlyFilled_StillReadsTheEnd()
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, 100);
        Assert.Equal(ParseStatus.Complete, decoder.Decode(Bytes("2\r\nab\r\n0\r\n\r\n"), new byte[2], out _, out int written));
        Assert.Equal(2, written);
    }

    [Fact]
    public void Decode_ChunkPastTheBodyLimit_IsRefusedByItsSizeLine()
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, 6);
        byte[] body = new byte[20];

        Assert.Equal(ParseStatus.Invalid, decoder.Decode(Bytes("5\r\nhello\r\n2\r\n"), body, out _, out int written));
        Assert.Same(Rejection.BodyTooLarge, decoder.Rejection);
        Assert.Equal((5, 5L), (written, decoder.Announced));
    }

    [Fact]
    public void Decode_SumOfSizesPastALong_IsRefused()
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, long.MaxValue);
        Assert.Equal(ParseStatus.Invalid, decoder.Decode(Bytes("1\r\na\r\n7fffffffffffffff\r\n"), new byte[9], out _, out _));
        Assert.Same(Rejection.BodyTooLarge, decoder.Rejection);
    }

    [Fact]
    public void Decode_LargestSize_IsCounted()
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, long.MaxValue);
        Assert.Equal(ParseStatus.Incomplete, decoder.Decode(Bytes("7fffffffffffffff\r\n"), [], out _, out _));
        Assert.Equal(long.MaxValue, decoder.Remaining);
    }

    [Theory]
    [InlineData("8000000000000000")]
    [InlineData("10000000000000000")]
    [InlineData("00000000000000001")]
    [InlineData("ffffffffffffffff")]
    public void Decode_SizeThatNoLongHolds_IsRefused(string size)
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, long.MaxValue);
        Assert.Equal(ParseStatus.Invalid, decoder.Decode(Bytes(size + "\r\n"), [], out _, out _));
        Assert.Same(Rejection.ChunkSizeTooLarge, decoder.Rejection);
    }

    [Fact]
    public void Decode_ExtensionsOfAllChunks_ShareOneLimit()
    {
        string chunk = "1;" + new string('e', (ChunkSizeLine.MaxExtensionsSize / 2) - 1) + "\r\nx\r\n";
        var decoder = new ChunkedDecoder(ParserLimits.Default, 100);
        byte[] body = new byte[20];

        Assert.Equal(ParseStatus.Incomplete, decoder.Decode(Bytes(chunk + chunk), body, out _, out int written));
        Assert.Equal(2, written);
        Assert.Equal(ParseStatus.Invalid, decoder.Decode(Bytes("1;e"), body, out _, out _));
        Assert.Same(Rejection.ChunkExtensionsTooLarge, decoder.Rejection);
    }

    [Fact]
    public void Decode_BodyWithoutTrailers_AllocatesNothing()
    {
        byte[] source = Bytes("5;a=b\r\nhello\r\n0\r\n\r\n");
        byte[] body = new byte[5];
        DecodeOnce(source, body);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            DecodeOnce(source, body);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void DecodeOnce(byte[] source, byte[] body)
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, 100);
        if (decoder.Decode(source, body, out _, out _) != ParseStatus.Complete || decoder.Trailers.Count > 0)
        {
            Assert.Fail("not decoded");
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
