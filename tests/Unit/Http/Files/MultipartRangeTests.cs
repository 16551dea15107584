using System.Globalization;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class MultipartRangeTests
{
    private const string Digits = "0123456789";

    [Theory]
    [InlineData("bytes=0-1,3-4", "0-1:01", "3-4:34")]
    [InlineData("bytes=5-,0-0", "5-9:56789", "0-0:0")]
    [InlineData("bytes=0-0, -1", "0-0:0", "9-9:9")]
    [InlineData("bytes=0-4,5-9", "0-4:01234", "5-9:56789")]
    [InlineData("bytes=1-1,50-,3-3,5-5", "1-1:1", "3-3:3", "5-5:5")]
    public async Task Ranges_Several_ComeInTheOrderAskedFor(string range, params string[] parts)
    {
        await using var site = new FileSite();
        site.Write("digits.txt", Digits);
        var response = await site.GetAsync("/digits.txt", "Range: " + range);
        Assert.Equal(206, response.Status);
        Assert.Null(response["Content-Range"]); // RFC 9110 15.3.7.2
        Assert.NotNull(response["ETag"]);
        Assert.Equal(FileSite.ModifiedText, response["Last-Modified"]);
        Assert.Equal(parts, Parts(response, "text/plain; charset=utf-8", 10)
            .Select(static part => $"{part.Start}-{part.End}:{part.Content}"));
    }

    [Fact]
    public async Task Ranges_OverTwoLines_AreOneList()
    {
        await using var site = new FileSite();
        site.Write("digits.txt", Digits);
        var response = await site.GetAsync("/digits.txt", "Range: bytes=0-0", "Range: 2-2");
        Assert.Equal(2, Parts(response, "text/plain; charset=utf-8", 10).Count);
        Assert.Equal(200, (await site.GetAsync("/digits.txt", "Range: bytes=0-0", "Range: bytes=1-1")).Status);
    }

    [Fact]
    public async Task Ranges_OfALargeFile_AreSentPieceByPieceWithTheConnectionInStep()
    {
        await using var site = new FileSite();
        string content = string.Concat(Enumerable.Range(0, 50_000).Select(i => i.ToString("D6", CultureInfo.InvariantCulture)));
        site.Write("large.txt", content);
        const string Get = "GET /large.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=299990-,0-99999,150000-150000\r\n\r\n";
        var responses = WireResponse.ReadAll(await site.Server.ExchangeAsync(Get + Get));
        Assert.Equal(2, responses.Count);
        foreach (var response in responses)
        {
            var parts = Parts(response, "text/plain; charset=utf-8", 300_000);
            Assert.Equal([299_990, 0, 150_000], parts.Select(static part => part.Start));
            Assert.All(parts, part => Assert.Equal(content[part.Start..(part.End + 1)], part.Content));
        }
        Assert.NotEqual(responses[0]["Content-Type"], responses[1]["Content-Type"]); // another boundary each time
    }

    [Theory]
    [InlineData("bytes=0-5,5-9")]
    [InlineData("bytes=5-9,0-5")]
    [InlineData("bytes=0-,0-,0-")]
    [InlineData("bytes=2-2,0-9")]
    [InlineData("bytes=8-,-3")]
    public async Task Ranges_Overlapping_Answer416(string range)
    {
        await using var site = new FileSite();
        site.Write("digits.txt", Digits);
        var response = await site.GetAsync("/digits.txt", "Range: " + range);
        Assert.Equal(416, response.Status);
        Assert.Equal("bytes */10", response["Content-Range"]);
    }

    [Fact]
    public async Task Ranges_MoreThanAnybodyNeeds_SendTheWhole()
    {
        await using var site = new FileSite();
        site.Write("many", new string('x', 100));
        string ranges = "bytes=" + string.Join(',', Enumerable.Range(0, RangeHeader.MaxRanges).Select(static i => $"{i * 2}-{i * 2}"));
        Assert.Equal(206, (await site.GetAsync("/many", "Range: " + ranges)).Status);
        var response = await site.GetAsync("/many", $"Range: {ranges},90-90");
        Assert.Equal(200, response.Status);
        Assert.Equal(100, response.Body.Length);
    }

    [Fact]
    public async Task Ranges_IfRangeOfAnotherVersion_SendTheWhole()
    {
        await using var site = new FileSite();
        site.Write("digits.txt", Digits);
        string tag = (await site.GetAsync("/digits.txt"))["ETag"]!;
        Assert.Equal(206, (await site.GetAsync("/digits.txt", "Range: bytes=0-0,2-2", "If-Range: " + tag)).Status);
        Assert.Equal(200, (await site.GetAsync("/digits.txt", "Range: bytes=0-0,2-2", "If-Range: \"other\"")).Status);
        Assert.Equal(200, (await site.SendAsync("HEAD", "/digits.txt", "Range: bytes=0-0,2-2")).Status);
    }

    [Fact]
    public async Task Ranges_FileTruncatedWhileSent_CutTheConnection()
    {
        await using var site = new FileSite();
        string path = site.Write("large", new string('x', 300_000));
        var peer = site.Server.Connect(capacity: 16 * 1024);
        await site.Server.SendAsync(peer, "GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=0-199999,200001-\r\n\r\n");
        await using (var file = File.OpenWrite(path))
            file.SetLength(100_000);

        var response = WireResponse.Parse(await site.Server.ReceiveToEndAsync(peer));

        Assert.True(peer.WasReset);
        Assert.Equal(100_000, response.Body.Count(static character => character == 'x'));
        Assert.EndsWith("x", response.Body, StringComparison.Ordinal); // nothing in the place of what is missing
    }

    private static List<(int Start, int End, string Content)> Parts(WireResponse response, string type, int length)
    {
        const string Type = "multipart/byteranges; boundary=";
        Assert.StartsWith(Type, response["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(Encoding.Latin1.GetByteCount(response.Body).ToString(CultureInfo.InvariantCulture), response["Content-Length"]);
        string boundary = response["Content-Type"]![Type.Length..];
        string[] pieces = ("\r\n" + response.Body).Split($"\r\n--{boundary}");
        Assert.Equal("", pieces[0]);
        Assert.Equal("--\r\n", pieces[^1]);
        return [.. pieces[1..^1].Select(piece =>
        {
            string[] halves = piece.Split("\r\n\r\n", 2);
            string[] lines = halves[0].Split("\r\n");
            Assert.Equal(["", $"Content-Type: {type}"], lines[..2]);
            var range = System.Text.RegularExpressions.Regex.Match(lines[2], $@"^Content-Range: bytes (\d+)-(\d+)/{length}$");
            return (int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture),
                int.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture), halves[1]);
        })];
    }
}
