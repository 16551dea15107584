using System.Net;

namespace AsyncServer.Unit.Program;

/// <summary>What clients see of a failure, with and without <c>--dev</c>.</summary>
public sealed class DevelopmentTests : IDisposable
{
    // A compilation takes seconds on a busy machine, and some tests need several.
    private const int Timeout = 2 * ServerProgram.Timeout;

    private const string Script = """
        // the top
        async Task<string> application(Environ environ, StartResponse startResponse)
        {
            if (environ.Path == "/late")
            {
                var write = startResponse("200 OK", [("Content-Type", "text/plain")]);
                await write("half"u8.ToArray());
                throw new InvalidOperationException("late");
            }
            if (environ.Method == "POST")
                await environ.Input.CopyToAsync(Stream.Null);
            await Coroutine.Yield();
            return Inner(environ.Path);
        }

        string Inner(string path)
        {
            try { return int.Parse(path).ToString(); }
            catch (FormatException exception) { throw new InvalidOperationException("<b>你好</b> " + path, exception); } // the line
        }
        """;

    private readonly WebFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public DevelopmentTests() => _folder.Write("web/site.csx", Script);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task Dev_ABrowser_GetsThePage()
    {
        await using var program = _folder.Start("site:application", "--dev");
        using var client = await WebFolder.ConnectAsync(program);
        var (answer, page) = await AskAsync(client, HttpMethod.Get, "/x%3Ci%3E?q=<u>", "text/html,*/*;q=0.8");
        Assert.Equal((HttpStatusCode.InternalServerError, "text/html", true),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.NoStore));
        Assert.Contains("<h1>System.InvalidOperationException</h1>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;你好&lt;/b&gt; /x&lt;i&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Caused by: System.FormatException", page, StringComparison.Ordinal);
        Assert.Matches("<span class=\"failed\"><span class=\"dim\">   19</span> .*throw new.* // the line</span>\n", page);
        Assert.Matches("<li><code>Module.Inner[^\n]*site.csx:19</span>", page);
        Assert.Matches("<li><code>Module.application[^\n]*site.csx:13</span>", page);
        Assert.Contains("<summary>Calls of the server and .NET: ", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">X-Markup</th><td>&lt;i&gt;</td>", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<[bui]>|secret|https?:", page.Replace($"{client.BaseAddress!.Authority}", "", StringComparison.Ordinal));
        Assert.Equal(3, page.Split("(hidden)").Length);
        string id = Assert.Single(answer.Headers.GetValues("X-Request-Id"));
        Assert.Contains($"Request {id}", page, StringComparison.Ordinal);
        await program.WaitForOutputAsync($"(request {id})");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("*/*")]
    [InlineData("text/html;q=0, */*")]
    [InlineData("application/json")]
    [InlineData("nonsense/")]
    public async Task Dev_AProgram_GetsText(string accept)
    {
        await using var program = _folder.Start("site:application", "--dev");
        using var client = await WebFolder.ConnectAsync(program);
        var (answer, text) = await AskAsync(client, HttpMethod.Get, "/x", accept);
        Assert.Equal((HttpStatusCode.InternalServerError, "text/plain"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("System.InvalidOperationException: <b>你好</b> /x\n", text, StringComparison.Ordinal);
        Assert.Contains("\n>    19 |     catch (FormatException exception) {", text, StringComparison.Ordinal);
        Assert.Contains("\nCaused by: System.FormatException: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        var (head, nothing) = await AskAsync(client, HttpMethod.Head, "/x", accept);
        Assert.Equal((HttpStatusCode.InternalServerError, ""), (head.StatusCode, nothing));
    }

    [Fact(Timeout = Timeout)]
    public async Task Dev_AModuleThatDoesNotCompileOrRun_IsShownWithItsSource()
    {
        _folder.Write("web/broken.csx", "int a = 1;\nint b = \"<x>\";\n" + Script);
        _folder.Write("web/throws.csx", "int a = 1;\nthrow new InvalidOperationException(\"top level\");");
        await using var program = _folder.Start("--dev");
        using var client = await WebFolder.ConnectAsync(program);
        var (_, broken) = await AskAsync(client, HttpMethod.Get, "/broken.py", "text/html");
        Assert.Contains("<h1>Module cannot be served</h1>", broken, StringComparison.Ordinal);
        Assert.Contains("broken.csx:2:9: Cannot implicitly convert type", broken, StringComparison.Ordinal);
        Assert.Contains("<span class=\"failed\"><span class=\"dim\">    2</span>  int b = &quot;&lt;x&gt;&quot;;</span>\n", broken,
            StringComparison.Ordinal);
        var (_, throws) = await AskAsync(client, HttpMethod.Get, "/throws.py", "*/*");
        Assert.Contains("Caused by: System.InvalidOperationException: top level", throws, StringComparison.Ordinal);
        Assert.Contains("\n>     2 | throw new", throws, StringComparison.Ordinal);
    }

    // Optimized code named the line of startResponse for all that came after it.
    [Theory(Timeout = Timeout)]
    [InlineData("", 7)]
    [InlineData("?name=a", 9)]
    public async Task Dev_AStatementThatFails_IsNamedByItsOwnLine(string query, int line)
    {
        _folder.Write("web/prices.csx", """
            string application(Environ environ, StartResponse startResponse)
            {
                startResponse("200 OK", [("Content-Type", "text/plain")]);

                var prices = new Dictionary<string, int> { ["a"] = 1 };
                string name = environ.Query["name"].ToString();
                int price = prices[name];
                string[] parts = name.Split(',');
                return parts[3] + price;
            }
            """);
        await using var program = _folder.Start("--dev");
        using var client = await WebFolder.ConnectAsync(program);
        var (_, text) = await AskAsync(client, HttpMethod.Get, "/prices.py" + query, "*/*");
        Assert.Contains($"\n>     {line} | ", text, StringComparison.Ordinal);
        await program.WaitForOutputAsync($"prices.csx:line {line}\n");
    }

    [Fact(Timeout = Timeout)]
    public async Task Dev_ClientMistakesAndLateFailures_HaveNoPage()
    {
        await using var program = _folder.Start("site:application", "--dev", "--max-body-size", "10");
        using var client = await WebFolder.ConnectAsync(program);
        using var large = new HttpRequestMessage(HttpMethod.Post, "/x") { Content = new StreamContent(new MemoryStream(new byte[100])) };
        large.Headers.TransferEncodingChunked = true;
        using var refused = await client.SendAsync(large, Cancellation);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "Payload Too Large\n"),
            (refused.StatusCode, await refused.Content.ReadAsStringAsync(Cancellation)));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/late", Cancellation));
        await program.WaitForOutputAsync("InvalidOperationException: late");
    }

    [Fact(Timeout = Timeout)]
    public async Task NoDev_Failure_IsPlainWithTheIdOfTheLogWhichHasTheLine()
    {
        await using var program = _folder.Start("site:application");
        using var client = await WebFolder.ConnectAsync(program);
        var (answer, text) = await AskAsync(client, HttpMethod.Get, "/x", "text/html");
        string id = Assert.Single(answer.Headers.GetValues("X-Request-Id"));
        Assert.Equal((HttpStatusCode.InternalServerError, $"Internal Server Error\nrequest {id}\n"), (answer.StatusCode, text));
        await program.WaitForOutputAsync($"(request {id})");
        await program.WaitForOutputAsync(_folder.PathOf("web/site.csx") + ":line 19");
        Assert.DoesNotContain("--dev", program.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("127.0.0.1:0", "Warning: --dev shows source and requests to whoever makes an app fail.")]
    [InlineData("0.0.0.0:0",
        "WARNING: --dev shows source and requests to whoever makes an app fail, and other machines can reach 0.0.0.0:")]
    public async Task Dev_AtTheStart_Warns(string address, string warning)
    {
        await using var program = ServerProgram.AsyncServer("--bind", address, "--root", _folder.PathOf("html"), "--dev");
        await program.WaitForOutputAsync(warning);
    }

    // Stack traces read the debug information that is in the module.
    [Fact(Timeout = Timeout)]
    public async Task Module_ReplacedAfterItFailed_IsUnloaded()
    {
        const string page = """
            string application(Environ environ, StartResponse startResponse)
            {
                if (environ.QueryString == "fail")
                    throw new InvalidOperationException("fails");
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return "VERSION " + System.Runtime.Loader.AssemblyLoadContext.All.Count(static context => context.IsCollectible);
            }
            """;
        await using var program = _folder.Start("--dev");
        using var client = await WebFolder.ConnectAsync(program);
        foreach (string version in (string[])["first", "second", "third"])
        {
            _folder.Write("web/page.csx", page.Replace("VERSION", version, StringComparison.Ordinal));
            string last = "";
            await WebFolder.UntilAsync(() => last == version + " 1",
                async () => last = await client.GetStringAsync("/page.py", Cancellation));
            var (_, text) = await AskAsync(client, HttpMethod.Get, "/page.py?fail", "*/*");
            Assert.Contains("\n>     4 | ", text, StringComparison.Ordinal);
        }
    }

    private static async Task<(HttpResponseMessage Answer, string Body)> AskAsync(HttpClient client, HttpMethod method, string target,
        string accept)
    {
        using var request = new HttpRequestMessage(method, target);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.Add("Cookie", "session=secret");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");
        request.Headers.Add("X-Markup", "<i>");
        var answer = await client.SendAsync(request, Cancellation);
        return (answer, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
