using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class ConditionalTests
{
    private const string Before = "Sun, 01 Mar 2026 10:20:29 GMT";
    private const string After = "Sun, 01 Mar 2026 10:20:31 GMT";
    private const string Same = FileSite.ModifiedText;

    // TAG stands for the file's entity tag.
    [Theory]
    [InlineData(304, "If-None-Match: TAG")]
    [InlineData(304, "If-None-Match: W/TAG")]
    [InlineData(304, "If-None-Match: \"x\", TAG, \"y\"")]
    [InlineData(304, "If-None-Match: \"a,b\",TAG")]
    [InlineData(304, "If-None-Match: *")]
    [InlineData(304, "If-None-Match: \"x\"\r\nIf-None-Match: TAG")]
    [InlineData(200, "If-None-Match: \"x\"")]
    [InlineData(200, "If-None-Match: \"x\", *")]
    [InlineData(200, "If-None-Match: \"*\"")]
    [InlineData(200, "If-None-Match: nonsense")]
    [InlineData(200, "If-None-Match: ")]
    [InlineData(200, "If-None-Match: W/")]
    [InlineData(200, "If-None-Match: w/TAG")]
    [InlineData(200, "If-None-Match: \"x\"TAG")]
    [InlineData(200, "If-None-Match: \"")]
    [InlineData(200, "If-None-Match: \"x")]
    [InlineData(304, "If-None-Match: , ,\"\" ,\tTAG,")]
    [InlineData(304, "if-NONE-match: TAG")]
    [InlineData(304, "If-Modified-Since: " + Same)]
    [InlineData(304, "If-Modified-Since: " + After)]
    [InlineData(304, "If-Modified-Since: Sunday, 01-Mar-26 10:20:30 GMT")]
    [InlineData(304, "If-Modified-Since: Sun Mar  1 10:20:30 2026")]
    [InlineData(200, "If-Modified-Since: " + Before)]
    [InlineData(200, "If-Modified-Since: nonsense")]
    [InlineData(200, "If-Modified-Since: " + Same + "\r\nIf-Modified-Since: " + Same)]
    [InlineData(200, "If-None-Match: \"x\"\r\nIf-Modified-Since: " + After)]
    [InlineData(304, "If-None-Match: TAG\r\nIf-Modified-Since: " + Before)]
    [InlineData(200, "If-Match: TAG")]
    [InlineData(200, "If-Match: *")]
    [InlineData(200, "If-Match: \"x\", TAG")]
    [InlineData(412, "If-Match: W/TAG")]
    [InlineData(412, "If-Match: \"x\"")]
    [InlineData(412, "If-Match: nonsense")]
    [InlineData(200, "If-Unmodified-Since: " + Same)]
    [InlineData(200, "If-Unmodified-Since: " + After)]
    [InlineData(412, "If-Unmodified-Since: " + Before)]
    [InlineData(200, "If-Unmodified-Since: nonsense")]
    [InlineData(200, "If-Match: TAG\r\nIf-Unmodified-Since: " + Before)]
    [InlineData(412, "If-Match: \"x\"\r\nIf-None-Match: TAG")]
    [InlineData(304, "If-Match: TAG\r\nIf-None-Match: TAG")]
    [InlineData(412, "If-Match: \"x\"\r\nRange: bytes=0-1")]
    [InlineData(304, "If-None-Match: TAG\r\nRange: bytes=0-1")]
    [InlineData(304, "If-None-Match: TAG\r\nRange: bytes=50-")]
    [InlineData(206, "If-None-Match: \"x\"\r\nRange: bytes=0-1")]
    [InlineData(206, "If-Unmodified-Since: " + Same + "\r\nRange: bytes=0-1")]
    public async Task Get_Preconditions_ComeInTheOrderOfTheRfc(int status, string headers)
    {
        await using var site = new FileSite();
        site.Write("a.txt", "hello");
        string tag = (await site.GetAsync("/a.txt"))["ETag"]!;

        var response = await site.GetAsync("/a.txt", headers.Replace("TAG", tag, StringComparison.Ordinal));

        Assert.Equal(status, response.Status);
        if (status != 206)
        {
            var head = await site.SendAsync("HEAD", "/a.txt", headers.Replace("TAG", tag, StringComparison.Ordinal));
            Assert.Equal(status, head.Status);
            Assert.Equal("", head.Body);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task NotModified_HasValidatorsAndNoBody(int size)
    {
        await using var site = new FileSite();
        site.Write("a.txt", new string('x', size));
        string tag = (await site.GetAsync("/a.txt"))["ETag"]!;

        var response = await site.GetAsync("/a.txt", "If-None-Match: " + tag);

        Assert.Equal(304, response.Status);
        Assert.Equal("", response.Body);
        Assert.Equal(["ETag", "Last-Modified", "Date", "Server"], response.Headers.Select(header => header.Name));
        Assert.Equal(tag, response["ETag"]);
    }

    [Fact]
    public async Task Modified_InTheFuture_IsSaidToBeNow()
    {
        await using var site = new FileSite();
        File.SetLastWriteTimeUtc(site.Write("a.txt", "a"), site.Server.Clock.GetUtcNow().UtcDateTime + TimeSpan.FromDays(1));
        Assert.Equal("Fri, 20 Nov 2026 12:00:00 GMT", (await site.GetAsync("/a.txt"))["Last-Modified"]);
    }
}
