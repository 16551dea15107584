using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

public sealed class TrailerSectionTests
{
    [Fact]
    public void Read_UntilTheEmptyLine_LeavesTheRest()
    {
        var trailers = new TrailerSection(ParserLimits.Default);
        byte[] source = Encoding.ASCII.GetBytes("A: 1\r\nB:\t2 \r\n\r\nGET /");

        Assert.Equal(ParseStatus.Complete, trailers.Read(source, out int consumed));
        Assert.Equal(source.Length - "GET /".Length, consumed);
        Assert.Equal([("A", "1"), ("B", "2")], trailers.Fields);
    }

    [Theory]
    [InlineData("Transfer-Encoding")]
    [InlineData("content-length")]
    [InlineData("HOST")]
    [InlineData("Trailer")]
    [InlineData("Authorization")]
    [InlineData("If-None-Match")]
    public void Read_FieldThatOnlyAHeaderMayBe_IsDropped(string name)
    {
        var trailers = new TrailerSection(ParserLimits.Default);
        Assert.Equal(ParseStatus.Complete, trailers.Read(Encoding.ASCII.GetBytes(name + ": x\r\n\r\n"), out _));
        Assert.Empty(trailers.Fields);
    }

    [Fact]
    public void Read_LineOverTheLimitInManyPieces_KeepsNoMoreThanTheLimit()
    {
        const int limit = 100;
        var trailers = new TrailerSection(ParserLimits.Default with { MaxRequestHeadersTotalSize = limit });
        int total = 0;
        ParseStatus status = ParseStatus.Incomplete;
        while (status == ParseStatus.Incomplete)
        {
            status = trailers.Read("xxxxxxx"u8, out int consumed);
            total += consumed;
        }

        Assert.Equal(ParseStatus.Invalid, status);
        Assert.Same(Rejection.HeadersTooLarge, trailers.Rejection);
        Assert.Equal(limit, total);
    }
}
