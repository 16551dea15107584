using System.Globalization;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class RangeTests
{
    private const string Digits = "0123456789";

    [Theory]
    [InlineData("bytes=0-0", "0", "0-0")]
    [InlineData("bytes=0-4", "01234", "0-4")]
    [InlineData("bytes=3-", "3456789", "3-9")]
    [InlineData("bytes=9-9", "9", "9-9")]
    [InlineData("bytes=5-100", "56789", "5-9")]
    [InlineData("bytes=5-99999999999999999999999999", "56789", "5-9")]
    [InlineData("bytes=-3", "789", "7-9")]
    [InlineData("bytes=-100", "0123456789", "0-9")]
    [InlineData("BYTES=1-2", "12", "1-2")]
    [InlineData("bytes= 1-2 ,", "12", "1-2")]
    [InlineData("bytes=20-, 1-2", "12", "1-2")]
    public async Task Range_Single_SendsThePart(string range, string body, string content)
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        var response = await site.GetAsync("/digits", "Range: " + range);
        Assert.Equal(206, response.Status);
        Assert.Equal(body, response.Body);
        Assert.Equal($"bytes {content}/10", response["Content-Range"]);
        Assert.Equal(body.Length.ToString(CultureInfo.InvariantCulture), response["Content-Length"]);
        Assert.NotNull(response["ETag"]);
        Assert.Equal(FileSite.ModifiedText, response["Last-Modified"]);
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-20")]
    [InlineData("bytes=99999999999999999999999999-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=11-12,20-30")]
    public async Task Range_Outside_Answers416(string range)
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        var response = await site.GetAsync("/digits", "Range: " + range);
        Assert.Equal(416, response.Status);
        Assert.Equal("bytes */10", response["Content-Range"]);
    }

    [Theory]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=,")]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=1-2x")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=1 - 2")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=1")]
    [InlineData("bytes 1-2")]
    [InlineData("lines=1-2")]
    [InlineData("1-2")]
    [InlineData("bytes=0-1,5-2")]
    public async Task Range_Malformed_SendsTheWhole(string range)
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        var response = await site.GetAsync("/digits", "Range: " + range);
        Assert.Equal(200, response.Status);
        Assert.Equal(Digits, response.Body);
        Assert.Null(response["Content-Range"]);
    }

    // Clients that always ask for a range must be able to fetch every file.
    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=-5")]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=5-9")]
    [InlineData("bytes=0-,-1")]
    public async Task Range_OfAnEmptyFile_SendsTheWholeOfNothing(string range)
    {
        await using var site = new FileSite();
        site.Write("empty", "");
        var response = await site.GetAsync("/empty", "Range: " + range);
        Assert.Equal((200, "", "0"), (response.Status, response.Body, response["Content-Length"]));
        Assert.Null(response["Content-Range"]);
    }

    [Fact]
    public async Task Range_Head_IsIgnored()
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        var response = await site.SendAsync("HEAD", "/digits", "Range: bytes=0-1");
        Assert.Equal(200, response.Status);
        Assert.Equal("10", response["Content-Length"]);
        Assert.Null(response["Content-Range"]);
    }

    [Fact]
    public async Task Range_OtherMethod_HasNoContentRange()
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        var response = await site.SendAsync("PUT", "/digits", "Range: bytes=50-", "Content-Range: bytes 0-1/2");
        Assert.Equal(405, response.Status);
        Assert.Null(response["Content-Range"]);
    }

    [Theory]
    [InlineData("bytes=299990-", 299_990, 10)]
    [InlineData("bytes=1000-200000", 1000, 199_001)]
    [InlineData("bytes=-70000", 230_000, 70_000)]
    public async Task Range_LargeFile_SendsThePart(string range, int start, int length)
    {
        await using var site = new FileSite();
        string content = string.Concat(Enumerable.Range(0, 50_000).Select(i => i.ToString("D6", CultureInfo.InvariantCulture)));
        site.Write("large", content);
        var response = await site.GetAsync("/large", "Range: " + range);
        Assert.Equal(206, response.Status);
        Assert.Equal($"bytes {start}-{start + length - 1}/300000", response["Content-Range"]);
        Assert.Equal(content.Substring(start, length), response.Body);
    }

    [Fact]
    public async Task Range_SparseFileOfMoreThan4GB_SendsItsEnd()
    {
        await using var site = new FileSite();
        await using (var file = File.Create(Path.Combine(site.Root, "sparse")))
        {
            file.Position = 5L << 30;
            file.WriteByte((byte)'!');
        }
        var response = await site.GetAsync("/sparse", "Range: bytes=5368709119-");
        Assert.Equal("bytes 5368709119-5368709120/5368709121", response["Content-Range"]);
        Assert.Equal("\0!", response.Body);
        Assert.Equal("5368709121", (await site.SendAsync("HEAD", "/sparse"))["Content-Length"]);
    }

    [Fact]
    public async Task IfRange_StrongTag_DecidesBetweenPartAndWhole()
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        string tag = (await site.GetAsync("/digits"))["ETag"]!;
        Assert.Equal(206, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: " + tag)).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: W/" + tag)).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: \"other\"")).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: nonsense")).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "Range: bytes=50-", "If-Range: \"other\"")).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "If-Range: \"other\"")).Status);
    }

    [Fact]
    public async Task IfRange_Date_MustBeTheVeryOne()
    {
        await using var site = new FileSite();
        site.Write("digits", Digits);
        Assert.Equal(206, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: " + FileSite.ModifiedText)).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: Sun, 01 Mar 2026 10:20:31 GMT")).Status);
        Assert.Equal(200, (await site.GetAsync("/digits", "Range: bytes=0-1", "If-Range: Sun, 01 Mar 2026 10:20:29 GMT")).Status);
    }

    [Fact]
    public void Parse_MoreRangesThanAnybodyNeeds_IsIgnored()
    {
        var ranges = new ByteRange[RangeHeader.MaxRanges];
        string most = "bytes=" + string.Join(',', Enumerable.Repeat("0-0", RangeHeader.MaxRanges));
        Assert.Equal(RangeResult.Satisfiable, RangeHeader.Parse(most, 10, ranges, out int count));
        Assert.Equal(RangeHeader.MaxRanges, count);
        Assert.Equal(RangeResult.Ignored, RangeHeader.Parse(most + ",0-0", 10, ranges, out count));
        Assert.Equal(0, count);
    }
}
