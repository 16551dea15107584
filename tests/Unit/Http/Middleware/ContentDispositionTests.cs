using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Middleware;

public sealed class ContentDispositionTests
{
    [Theory]
    [InlineData("report.pdf", "attachment; filename=report.pdf; filename*=UTF-8''report.pdf")]
    [InlineData("two words.pdf", "attachment; filename=\"two words.pdf\"; filename*=UTF-8''two%20words.pdf")]
    [InlineData("../../etc/passwd", "attachment; filename=passwd; filename*=UTF-8''passwd")]
    [InlineData("\u65e5\u672c.txt", "attachment; filename=__.txt; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt")]
    public void Attachment_OfAName_HasItForOldAndNewClients(string fileName, string expected) =>
        Assert.Equal(("Content-Disposition", expected), ContentDisposition.Attachment(fileName));

    [Fact]
    public async Task Download_OfANameInAnyLanguage_ArrivesWithIt()
    {
        await using var server = new WireServer(routes => routes.Map("/get", (_, startResponse) =>
        {
            startResponse("200 OK", [ContentDisposition.Inline("\u65e5\u672c.txt\r\nX: y")]);
            return "content";
        }));
        var response = WireResponse.ReadAll(await server.ExchangeAsync("GET /get HTTP/1.1\r\nHost: a\r\n\r\n")).Single();
        Assert.Equal(200, response.Status);
        Assert.StartsWith("inline; filename=", response["Content-Disposition"], StringComparison.Ordinal);
        Assert.Contains("filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt", response["Content-Disposition"], StringComparison.Ordinal);
        Assert.Null(response["X"]);
    }

    [Fact]
    public void Header_BeyondLatin1_IsRefusedWithTheRemedy()
    {
        var headers = new ResponseHeaders();
        var failure = Assert.Throws<ArgumentException>(
            () => headers.Add("Content-Disposition", "attachment; filename=\"\u65e5\u672c.txt\""));
        Assert.Contains("Content-Disposition", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ContentDisposition.Attachment", failure.Message, StringComparison.Ordinal);
        failure = Assert.Throws<ArgumentException>(() => headers.Add("X-Name", "\u65e5\u672c"));
        Assert.Contains("The value of X-Name has a character beyond Latin-1", failure.Message, StringComparison.Ordinal);
    }
}
