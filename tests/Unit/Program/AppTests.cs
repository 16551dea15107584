using System.Net;

namespace AsyncServer.Unit.Program;

/// <summary>MODULE:APP, which gets what no route, module or file answers.</summary>
public sealed class AppTests : IDisposable
{
    // A compilation takes seconds on a busy machine, and some tests need several.
    private const int Timeout = 2 * ServerProgram.Timeout;

    private const string Script = """
        Body application(Environ environ, StartResponse startResponse)
        {
            startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
            return $"first {environ.Method} {environ.ScriptName}|{environ.Path}|{environ.QueryString}";
        }
        """;

    private readonly WebFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string ThisAssembly => typeof(AppTests).Assembly.Location;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task App_OfAScript_GetsWhatNothingElseAnswers()
    {
        _folder.Write("web/admin/site.csx", Script);
        _folder.Write("web/hello.csx", Script.Replace("first", "module", StringComparison.Ordinal));
        _folder.Write("html/a.txt", "file");
        _folder.Write("html/secret.csx", "source");
        await using var program = _folder.Start("admin.site:application");
        using var client = await WebFolder.ConnectAsync(program);
        await program.WaitForOutputAsync(
            $"What none of these answers goes to admin.site:application ({_folder.PathOf("web/admin/site.csx")})");
        Assert.Equal("first GET |/x/y|a=1", await client.GetStringAsync("/x/y?a=1", Cancellation));
        Assert.Equal("first GET |/none.py|", await client.GetStringAsync("/none.py", Cancellation));
        Assert.Equal("first GET |/secret.csx|", await client.GetStringAsync("/secret.csx", Cancellation));
        Assert.Equal("module GET |/hello.py|", await client.GetStringAsync("/hello.py", Cancellation));
        Assert.Equal("file", await client.GetStringAsync("/a.txt", Cancellation));
        Assert.Equal((HttpStatusCode.OK, "first POST |/x|"), await SendAsync(client, HttpMethod.Post, "/x"));
        Assert.Equal((HttpStatusCode.OK, ""), await SendAsync(client, HttpMethod.Head, "/x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(client, HttpMethod.Post, "/a.txt")).Status);
    }

    // The signal killed the process, or was lost where it is the first one of a container.
    [Fact(Timeout = Timeout)]
    public async Task Signal_WhileTheAppIsLoaded_IsNotLost()
    {
        string go = _folder.PathOf("go");
        _folder.Write("web/site.csx", $$"""
            Console.WriteLine("loading");
            while (!File.Exists("{{go}}")) Thread.Sleep(10);
            Body application(Environ environ, StartResponse startResponse) => "";
            """);
        await using var program = _folder.Start("site:application");
        await program.WaitForOutputAsync("loading");
        program.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        File.WriteAllText(go, "");
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task App_Edited_AnswersAnewAndBrokenOrGoneKeepsItsAnswer()
    {
        _folder.Write("web/site.csx", Script);
        await using var program = _folder.Start("site:application");
        using var client = await WebFolder.ConnectAsync(program);
        string last = "";
        async Task AskAsync() => last = await client.GetStringAsync("/", Cancellation);

        string path = _folder.Write("web/site.csx", Script.Replace("first", "second", StringComparison.Ordinal));
        await WebFolder.UntilAsync(() => last.StartsWith("second", StringComparison.Ordinal), AskAsync);
        _folder.Write("web/site.csx", Script.Replace("return", "retrun", StringComparison.Ordinal));
        await WebFolder.UntilAsync(() => program.Output.Contains("its previous version stays in use", StringComparison.Ordinal), AskAsync);
        Assert.StartsWith("second", last, StringComparison.Ordinal);
        File.Delete(path);
        await WebFolder.UntilAsync(() => program.Output.Contains("site.csx is gone; its last version stays in use",
            StringComparison.Ordinal),
            AskAsync);
        Assert.StartsWith("second", last, StringComparison.Ordinal);
        _folder.Write("web/site.csx", Script.Replace("first", "third", StringComparison.Ordinal));
        await WebFolder.UntilAsync(() => last.StartsWith("third", StringComparison.Ordinal), AskAsync);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("variable")]
    [InlineData("property")]
    [InlineData("map")]
    [InlineData("callable")]
    [InlineData("later")]
    public async Task App_OfEveryShape_Answers(string member)
    {
        _folder.Write("web/shapes.csx", """
            string Answer(StartResponse startResponse) { startResponse("200 OK", [("Content-Type", "text/plain")]); return "yes"; }
            Func<Environ, StartResponse, string> variable = (_, startResponse) => Answer(startResponse);
            Application property => (_, startResponse) => new(Answer(startResponse));
            var map = new UrlMap { { "/x", (_, startResponse) => Answer(startResponse) } };
            class Callable(Func<StartResponse, string> answer)
            { public string Invoke(Environ environ, StartResponse startResponse) => answer(startResponse); }
            object callable = new Callable(Answer);
            async Task<string> later(Environ environ, StartResponse startResponse)
            { await Coroutine.Yield(); return Answer(startResponse); }
            """);
        await using var program = _folder.Start("shapes:" + member);
        using var client = await WebFolder.ConnectAsync(program);
        Assert.Equal("yes", await client.GetStringAsync("/x", Cancellation));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("missing:application", "missing:application: there is no {web}/missing.csx and no ")]
    [InlineData("missing:application", "Scripts in {web}: broken, count, link, number, throws.")]
    [InlineData("../outer:application", "there is no ")]
    [InlineData("link:application", "link:application: link.csx is no file, or a link that leaves the web folder")]
    [InlineData("number:app", "number:app: number.csx cannot be served: it has no function 'app'; what would fit: good")]
    [InlineData("number:helper",
        "'helper' takes (Environ, StartResponse) and returns a body; this one is String helper(Int32); what would fit: good")]
    [InlineData("number:number",
        "'number' is a System.Int32, which is no function and has no method Invoke(Environ, StartResponse); what would fit: good")]
    [InlineData("number:nothing", "'nothing' is null")]
    [InlineData("count:application", "or a sequence of texts or bytes; System.Int32 is none of these\n")]
    [InlineData("broken:application", "{web}/broken.csx:2:9: Invalid expression term ';' (CS1525)")]
    [InlineData("throws:application", "its own code failed: top level ({web}/throws.csx:1)")]
    [InlineData("{this}:Type", "in an assembly, an app is Namespace.Type.Member; 'Type' names no type")]
    [InlineData("{this}:AsyncServer.Unit.Missing.App",
        "has no type 'AsyncServer.Unit.Missing'; what would fit: AsyncServer.Fuzz.EchoSite.AnswerAsync, "
        + "AsyncServer.Unit.Program.AssemblyApps.Method, ")]
    [InlineData("{this}:AsyncServer.Unit.Program.AssemblyApps.App",
        "AsyncServer.Unit.Program.AssemblyApps has no function 'App'; what would fit: Method, Nothing, Property")]
    [InlineData("{this}:AsyncServer.Unit.Program.AssemblyApps.Number", "'Number' is a System.Int32")]
    [InlineData("{text}:Type.Member", "plain.dll cannot be loaded: ")]
    public async Task App_ThatCannotBeServed_EndsTheProgramWithTheReason(string app, string reason)
    {
        _folder.Write("web/broken.csx", "int a = 1;\nint b = ;\n" + Script);
        _folder.Write("web/count.csx", "int application(Environ environ, StartResponse startResponse) => 3;");
        _folder.Write("web/throws.csx", "throw new InvalidOperationException(\"top level\");");
        _folder.Write("web/number.csx",
            "int number = 3; object nothing = null; string helper(int a) => \"x\";\n" + Script.Replace("application", "good",
                StringComparison.Ordinal));
        _folder.Write("outer.csx", Script);
        File.CreateSymbolicLink(_folder.PathOf("web/link.csx"), "../outer.csx");
        string text = _folder.Write("plain.dll", "no assembly");
        string Filled(string pattern) => pattern.Replace("{web}", _folder.PathOf("web"), StringComparison.Ordinal)
            .Replace("{this}", ThisAssembly, StringComparison.Ordinal).Replace("{text}", text, StringComparison.Ordinal);
        await using var program = _folder.Start(Filled(app));
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains(Filled(reason), program.Errors, StringComparison.Ordinal);
        Assert.StartsWith("asyncserver: " + Filled(app), program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Errors + program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("listens", program.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("AssemblyApps.Method", "method /x")]
    [InlineData("AssemblyApps.Property", "property")]
    [InlineData("AssemblyApps+Nested.LaterAsync", "nested")]
    public async Task App_OfAnAssembly_Answers(string member, string answer)
    {
        await using var program = _folder.Start($"{ThisAssembly}:AsyncServer.Unit.Program.{member}");
        using var client = await WebFolder.ConnectAsync(program);
        Assert.Equal(answer, await client.GetStringAsync("/x", Cancellation));
    }

    [Fact(Timeout = Timeout)]
    public async Task App_InTheConfigurationFile_IsRelativeToItAndAScriptIsStronger()
    {
        File.Copy(ThisAssembly, _folder.PathOf("apps.dll"));
        string file = _folder.Write("test.json", """{ "app": "apps:AsyncServer.Unit.Program.AssemblyApps.Method", "dev": true }""");
        await using (var program = _folder.Start("--config", file))
        {
            using var client = await WebFolder.ConnectAsync(program);
            Assert.Equal("method /x", await client.GetStringAsync("/x", Cancellation));
        }
        _folder.Write("web/apps.csx", Script);
        await using (var program = _folder.Start("apps:application", "--config", file))
        {
            using var client = await WebFolder.ConnectAsync(program);
            Assert.Equal("first GET |/x|", await client.GetStringAsync("/x", Cancellation));
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData("site:application", 0, "")]
    [InlineData("missing:application", 1, "missing:application: there is no ")]
    [InlineData("missing", 2, "ASYNCSERVER_APP: 'missing' is not MODULE:APP, such as mini_frame:application.")]
    public async Task CheckConfig_OfAnApp_LooksForItAndDoesNotRunIt(string app, int code, string error)
    {
        _folder.Write("web/site.csx", "throw new Exception(\"run\");");
        await using var program = ServerProgram.AsyncServer(
            ["--check-config", "--root", _folder.PathOf("html"), "--web", _folder.PathOf("web")], ("ASYNCSERVER_APP", app));
        Assert.Equal(code, await program.ExitCodeAsync());
        Assert.Contains(error, program.Errors, StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("port +8888 +default", "a:b")]
    [InlineData("port +7007 +PORT", "7007", "a:b")]
    public async Task CommandLine_WithOrWithoutAPort_HasTheApp(string port, params string[] arguments)
    {
        await using var program = ServerProgram.AsyncServer([.. arguments, "--print-config"]);
        Assert.Equal(1, await program.ExitCodeAsync()); // there is no such app
        Assert.Matches(port, program.Output);
        Assert.Matches(@"app +a:b +MODULE:APP\n", program.Output);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await client.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
