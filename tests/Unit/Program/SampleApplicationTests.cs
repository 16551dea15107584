using System.Net;
using System.Text;

namespace AsyncServer.Unit.Program;

/// <summary>The samples that answer for many paths: <c>mini_frame:application</c> and <c>my_web_framework:app</c>.</summary>
public sealed class SampleApplicationTests(SampleApplications samples) : IClassFixture<SampleApplications>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<HttpResponseMessage> AskAsync(string path) =>
        samples.Client.GetAsync("/framework.py?path=" + Uri.EscapeDataString(path), Cancellation);

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task MiniFrame_EachOfItsPaths_IsAPageMadeOfTheTemplate()
    {
        foreach (string title in (string[])["Index", "Center", "Login"])
        {
            using var response = await samples.Client.GetAsync($"/{title.ToLowerInvariant()}.py", Cancellation);
            Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            string page = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.Contains($"<title>{title}</title>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("{%", page, StringComparison.Ordinal);
        }
        Assert.Contains("&lt;b&gt;Markup&lt;/b&gt;", await samples.Client.GetStringAsync("/index.py", Cancellation),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task MiniFrame_AnyOtherPath_IsHelloInTwoLanguages()
    {
        using var response = await samples.Client.GetAsync("/other.py", Cancellation);
        const string expected = "Hello World! 你好，世界！\n";
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(Encoding.UTF8.GetByteCount(expected), response.Content.Headers.ContentLength);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Framework_Functions_AnswerTheirUrls()
    {
        using var time = await AskAsync("/ctime");
        Assert.Matches(@"^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$", await time.Content.ReadAsStringAsync(Cancellation));
        using var hello = await AskAsync("/sayhello");
        Assert.Equal("Hello, this is plain", await hello.Content.ReadAsStringAsync(Cancellation));
        using var picture = await AskAsync("/pic");
        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(ServerProgram.RepositoryRoot, "web/show_pic.jpg"), Cancellation),
            await picture.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("/", "html/index.html", "text/html; charset=utf-8")]
    [InlineData("/static", "html/index.html", "text/html; charset=utf-8")]
    [InlineData("/static/zh/index.html", "html/zh/index.html", "text/html; charset=utf-8")]
    [InlineData("/static/img/ladder.jpg", "html/img/ladder.jpg", "image/jpeg")]
    public async Task Framework_Static_IsTheFile(string path, string file, string type)
    {
        using var response = await AskAsync(path);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.NotNull(response.Headers.ETag);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(ServerProgram.RepositoryRoot, file), Cancellation),
            await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("/nothing")]
    [InlineData("/static/nothing")]
    [InlineData("/static/../web/say_hello.csx")]
    [InlineData("/static/../AsyncServer.sln")]
    [InlineData("/static//etc/passwd")]
    public async Task Framework_AnythingElse_Is404InPlainText(string path)
    {
        using var response = await AskAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
    }
}
