using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Program;

/// <summary>The modules of the sample site, as the real program serves them.</summary>
public sealed class SampleModuleTests(SampleSite site, CompiledSamples compiled) : IClassFixture<SampleSite>
{
    private const string Time = @"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<WireResponse> SendAsync(string request, string method = "GET") =>
        WireResponse.ReadAll(await site.ExchangeAsync(request, Cancellation), method).Single();

    private Task<WireResponse> GetAsync(string target) => SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    [Fact]
    public void Samples_AllOfThem_Compile() => Assert.True(compiled.ExitCode == 0, compiled.Said);

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("/say_hello.py", "^Hello, this is plain$")]
    [InlineData("/show_time.py", $"^{Time}$")]
    [InlineData("/login.py", $"^Welcome .*{Time}\n$")]
    [InlineData("/register.py", $"^Welcome.*{Time}\n$")]
    [InlineData("/profile.py", $"^Welcome.*{Time}\n$")]
    [InlineData("/hello.py", "^Hello, World!\n$")]
    public async Task Text_IsPlainAndMeasuredInBytes(string target, string expected)
    {
        var response = await GetAsync(target);
        Assert.Equal((200, "text/plain; charset=utf-8"), (response.Status, response["Content-Type"]));
        Assert.Matches(expected, response.Body);
        Assert.Equal($"{response.Body.Length}", response["Content-Length"]);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task ShowTime_SaysTheTime()
    {
        string text = (await GetAsync("/show_time.py")).Body;
        var time = DateTime.ParseExact(text.Replace("  ", " ", StringComparison.Ordinal), "ddd MMM d HH:mm:ss yyyy",
            CultureInfo.InvariantCulture);
        Assert.InRange(time, TimeProvider.System.GetLocalNow().DateTime - TimeSpan.FromMinutes(1),
            TimeProvider.System.GetLocalNow().DateTime);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task ShowPic_SendsTheBytesOfThePicture()
    {
        byte[] picture = await File.ReadAllBytesAsync(Path.Combine(ServerProgram.RepositoryRoot, "web/show_pic.jpg"), Cancellation);
        Assert.Equal([0xFF, 0xD8], picture[..2]);
        var response = await GetAsync("/show_pic.py");
        Assert.Equal((200, "image/jpeg", $"{picture.Length}"), (response.Status, response["Content-Type"], response["Content-Length"]));
        Assert.Equal(picture, Encoding.Latin1.GetBytes(response.Body));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Echo_BodyWithLength_HasTheSameLengthInBytes()
    {
        string body = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("你好"));
        var response = await SendAsync(
            $"POST /echo.py HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\nConnection: "
            + $"close\r\n\r\n{body}", "POST");
        Assert.Equal((200, "6", body), (response.Status, response["Content-Length"], response.Body));
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Echo_BodyInChunks_GoesOutInChunks()
    {
        var response = await SendAsync(
            "POST /echo.py HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "POST");
        Assert.Equal((200, "chunked", "abcde"), (response.Status, response["Transfer-Encoding"], response.Body));
        Assert.Null(response["Content-Length"]);
        Assert.Equal("application/octet-stream", response["Content-Type"]);
    }

    // The client reads while it writes: the server holds only a buffer of the body, and waits for whoever does not read.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Echo_TwentyMillionBytes_ComeBackWhole()
    {
        string body = Encoding.Latin1.GetString(RandomNumberGenerator.GetBytes(20_000_000));
        var response = await SendAsync(
            $"POST /echo.py HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}", "POST");
        Assert.Equal((200, $"{body.Length}"), (response.Status, response["Content-Length"]));
        Assert.True(body == response.Body, "other bytes came back");
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Echo_Get_Is405WithAllow()
    {
        var response = await GetAsync("/echo.py");
        Assert.Equal((405, "POST"), (response.Status, response["Allow"]));
    }

    // The texts' server read 1,024 bytes and took them for the whole request.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Headers_RequestOfFourKilobytes_IsRepeatedWhole()
    {
        string lines = string.Concat(Enumerable.Range(0, 40).Select(static number => $"X-Line-{number}: {new string('x', 90)}\r\n"));
        var response = await SendAsync($"GET /headers.py?a=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n");
        Assert.Equal($"GET /headers.py?a=1 HTTP/1.1\nHost: a\nConnection: close\n{lines.Replace("\r", "", StringComparison.Ordinal)}",
            response.Body);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Environ_ShowsEveryKeyAndTheGreeting()
    {
        string text = (await GetAsync("/environ.py?a=%20b")).Body;
        foreach (string line in (string[])["REQUEST_METHOD = GET", "PATH_INFO = /environ.py", "QUERY_STRING = a=%20b", "SCRIPT_NAME = ",
            "HTTP_HOST = a", $"SERVER_PORT = {site.Port}", "wsgi.version = (1, 0)"])
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        Assert.Matches($"==Hello world from a simple WSGI application!---> {Time}\n$", text);
    }

    // Counted in characters, the length would cut the last ten bytes off.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task MiniFrame_ChineseText_IsMeasuredInBytes()
    {
        var response = await GetAsync("/mini_frame.py");
        string text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(response.Body));
        Assert.Equal("Hello World! 你好，世界！\n", text);
        Assert.Equal("text/html; charset=utf-8", response["Content-Type"]);
        Assert.Equal($"{Encoding.UTF8.GetByteCount(text)}", response["Content-Length"]);
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("/../web/say_hello.csx")]
    [InlineData("/%2e%2e/web/say_hello.csx")]
    [InlineData("/..%2fweb%2fsay_hello.py")]
    [InlineData("/lib/../say_hello.py")]
    [InlineData("/say_hello.csx")]
    public async Task Path_WithDotsOrOfASource_ShowsNothing(string target)
    {
        var response = await GetAsync(target);
        Assert.True(response.Status is 400 or 404, $"{target}: {response.Status}");
        Assert.DoesNotContain("Hello, this is plain", response.Body, StringComparison.Ordinal);
    }
}
