using System.Net;
using System.Text;

namespace AsyncServer.Unit.Program;

public sealed class ModuleTests : IDisposable
{
    // A compilation takes seconds on a busy machine, and some tests need several.
    private const int Timeout = 2 * ServerProgram.Timeout;

    private const string Hello = """
        Body application(Environ environ, StartResponse startResponse)
        {
            startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
            return "hello";
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-web-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Web => Path.Combine(_folder, "web");

    public ModuleTests() => Directory.CreateDirectory(Web);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = Timeout)]
    public async Task Modules_OfEveryShape_Answer()
    {
        Write("hello.csx", Hello);
        Write("admin/users.csx", """
            #load "../lib.csx"
            async Task<string> application(Environ environ, StartResponse startResponse)
            {
                await Coroutine.Sleep(TimeSpan.FromMilliseconds(1));
                startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
                return Greet(environ.Path + "|" + environ.ScriptName + "|" + environ.QueryString);
            }
            """);
        Write("lib.csx", """string Greet(string name) => $"你好 {name}";""");
        Write("variable.csx", """
            int count = 0;
            var application = (Environ environ, StartResponse startResponse) =>
            {
                startResponse("200 OK", [("Content-Type", "application/octet-stream")]);
                return Encoding.UTF8.GetBytes($"{++count}");
            };
            """);
        await using var program = Start();
        using var client = await ConnectAsync(program);
        Assert.Equal("hello", await client.GetStringAsync("/hello.py", Cancellation));
        Assert.Equal("hello", await client.GetStringAsync("/%68ello.p%79", Cancellation));

        using var users = await client.GetAsync("/admin/users.py?a=1", Cancellation);
        const string expected = "你好 /admin/users.py||a=1";
        Assert.Equal(expected, await users.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(Encoding.UTF8.GetByteCount(expected), users.Content.Headers.ContentLength);

        Assert.Equal("1", await client.GetStringAsync("/variable.py", Cancellation));
        Assert.Equal("2", await client.GetStringAsync("/variable.py", Cancellation));
    }

    [Fact(Timeout = Timeout)]
    public async Task Module_ThatIsMissingOrOutOfTheFolder_Is404()
    {
        File.WriteAllText(Path.Combine(_folder, "outer.csx"), Hello);
        Write(".hidden.csx", Hello);
        Write("real/hello.csx", Hello);
        File.CreateSymbolicLink(Path.Combine(Web, "absolute.csx"), Path.Combine(_folder, "outer.csx"));
        File.CreateSymbolicLink(Path.Combine(Web, "relative.csx"), "../outer.csx");
        Directory.CreateSymbolicLink(Path.Combine(Web, "outside"), "..");
        Directory.CreateSymbolicLink(Path.Combine(Web, "absolute"), _folder);
        Directory.CreateDirectory(Path.Combine(Web, "folder.csx"));
        await using var program = Start();
        using var client = await ConnectAsync(program);
        string[] paths =
        [
            "/none.py", "/none/none.py", "/..%2fouter.py", "/real/%2e%2e/%2e%2e/outer.py", "/.hidden.py", "/real%5chello.py",
                "/real//hello.py",
            "/.py", "/real/.py", "/absolute.py", "/relative.py", "/folder.py", "/__cache__/x.py", "/hello.py%0a.py",
            "/%2freal/hello.py", "/real%2f..%2f..%2fouter.py", "/real/hello%20.py", "/real/hello%2e.py", "/%20real/hello.py",
                "/REAL/hello.py",
            "/outside/outer.py", "/absolute/outer.py", "/%2ftmp/x.py", "/..%5couter.py", "/%252e%252e/outer.py",
        ];
        foreach (string path in paths)
        {
            using var answer = await client.GetAsync(path, Cancellation);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode));
            Assert.Equal("no such module\n", await answer.Content.ReadAsStringAsync(Cancellation));
        }
        foreach (string path in (string[])["/real/hello.py.", "/real/hello.py%20", "/real/hello.PY", "/real/hello.csx"])
        {
            using var answer = await client.GetAsync(path, Cancellation);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode)); // no module's path at all
        }
        using var malformed = await client.GetAsync("/real/hello%00.py", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        Assert.False(Directory.Exists(Path.Combine(Web, "__cache__")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Module_ThatCannotBeServed_Is500AndTheLogSaysWhy()
    {
        Write("broken.csx", "int a = 1;\nint b = ;\n" + Hello);
        Write("nothing.csx", "int other = 1;\nstring helper() => \"x\";");
        Write("shape.csx", "string application(Environ environ) => \"x\";");
        Write("number.csx", "int application = 3;");
        Write("empty.csx", "\n");
        Write("throws.csx", "throw new InvalidOperationException(\"top level\");");
        await using var program = Start();
        using var client = await ConnectAsync(program);
        await AssertFailsAsync("broken", $"{Path.Combine(Web, "broken.csx")}:2:9: ");
        await AssertFailsAsync("broken", "(CS1525)");
        await AssertFailsAsync("nothing", "it has no function 'application'; what it has: helper, other");
        await AssertFailsAsync("shape", "this one is String application(Environ)");
        await AssertFailsAsync("number", "'application' is a System.Int32");
        await AssertFailsAsync("empty", $"{Path.Combine(Web, "empty.csx")}: there is no code in it");
        await AssertFailsAsync("throws", $"its own code failed: top level ({Path.Combine(Web, "throws.csx")}:1)");

        async Task AssertFailsAsync(string name, string reason)
        {
            using var answer = await client.GetAsync($"/{name}.py", Cancellation);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.DoesNotContain(name, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            await program.WaitForOutputAsync(reason);
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Module_Edited_AnswersAnewAndBrokenKeepsItsAnswer()
    {
        Write("page.csx", "#load \"text.csx\"\n" + Hello.Replace("\"hello\"", "Text", StringComparison.Ordinal));
        Write("text.csx", "string Text = \"first\";");
        await using var program = Start();
        using var client = await ConnectAsync(program);
        Assert.Equal("first", await client.GetStringAsync("/page.py", Cancellation));

        Write("page.csx", Hello.Replace("hello", "second", StringComparison.Ordinal));
        await UntilAnswerAsync("second");

        Write("page.csx", Hello.Replace("return", "retrun", StringComparison.Ordinal));
        await UntilAsync(() => program.Output.Contains("its previous version stays in use", StringComparison.Ordinal), async () =>
            Assert.Equal("second", await client.GetStringAsync("/page.py", Cancellation)));
        Assert.Contains($"{Path.Combine(Web, "page.csx")}:4:5: ", program.Output, StringComparison.Ordinal);
        Assert.Equal("second", await client.GetStringAsync("/page.py", Cancellation));

        Write("page.csx", "#load \"text.csx\"\n" + Hello.Replace("\"hello\"", "Text", StringComparison.Ordinal));
        await UntilAnswerAsync("first");
        Write("text.csx", "string Text = \"third\";");
        await UntilAnswerAsync("third");

        File.Delete(Path.Combine(Web, "page.csx"));
        await UntilAnswerAsync("no such module\n");

        Task UntilAnswerAsync(string expected)
        {
            string last = "";
            return UntilAsync(() => last == expected, async () =>
            {
                using var answer = await client.GetAsync("/page.py", Cancellation);
                last = await answer.Content.ReadAsStringAsync(Cancellation);
            });
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Module_Replaced_IsUnloaded()
    {
        const string counter = """
            Body application(Environ environ, StartResponse startResponse)
            {
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return "VERSION " + System.Runtime.Loader.AssemblyLoadContext.All.Count(static context => context.IsCollectible);
            }
            """;
        await using var program = Start();
        using var client = await ConnectAsync(program);
        foreach (string version in (string[])["first", "second", "third"])
        {
            Write("page.csx", counter.Replace("VERSION", version, StringComparison.Ordinal));
            string last = "";
            await UntilAsync(() => last == version + " 1", async () => last = await client.GetStringAsync("/page.py", Cancellation));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Module_AskedForByManyAtOnce_IsCompiledOnceAndOthersAreServedMeanwhile()
    {
        Write("hello.csx", Hello);
        await using var program = Start();
        using var client = await ConnectAsync(program);
        var first = Enumerable.Range(0, 8).Select(_ => client.GetStringAsync("/hello.py", Cancellation)).ToArray();
        Assert.Contains("<title>AsyncServer", await client.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(first), static answer => Assert.Equal("hello", answer));
        await program.WaitForOutputAsync("Compiled hello.csx");
        Assert.Equal(2, program.Output.Split("Compiled hello.csx").Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Compile_FillsTheCacheThatTheServerUses()
    {
        Write("hello.csx", "#load \"lib.csx\"\n" + Hello);
        Write("admin/users.csx", Hello);
        Write("lib.csx", "string Needs() => application.ToString();"); // no module by itself
        await using (var compile = ServerProgram.AsyncServer("compile", "--web", Web))
        {
            int code = await compile.ExitCodeAsync();
            Assert.Equal((1, ""), (code, compile.Errors)); // a method group is no object
            Assert.Contains($"{Path.Combine(Web, "lib.csx")}:1:", compile.Output, StringComparison.Ordinal);
            Assert.Contains($"{Path.Combine(Web, "admin/users.csx")}: compiled", compile.Output, StringComparison.Ordinal);
        }
        Write("lib.csx", "string Needs() => application(null!, null!).ToString()!;");
        await using (var compile = ServerProgram.AsyncServer("compile", "--web", Web))
        {
            Assert.Equal(0, await compile.ExitCodeAsync());
            Assert.Contains($"{Path.Combine(Web, "hello.csx")}: compiled", compile.Output, StringComparison.Ordinal);
            Assert.Contains($"{Path.Combine(Web, "admin/users.csx")}: is compiled", compile.Output, StringComparison.Ordinal);
        }
        string[] cached = [.. Directory.GetFiles(Path.Combine(Web, "__cache__")).Select(static file => Path.GetFileName(file).Split('.')[0])
            .Order(StringComparer.Ordinal)];
        Assert.Equal(["admin", "hello"], cached);

        await using var program = Start("--log-level", "Debug");
        using var client = await ConnectAsync(program);
        Assert.Equal("hello", await client.GetStringAsync("/hello.py", Cancellation));
        await program.WaitForOutputAsync("Loaded hello.csx");
        Assert.DoesNotContain("Compiled hello.csx", program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Server_AfterItsModulesWereCompiled_HasNoCompilerLoaded()
    {
        Write("hello.csx", Hello);
        await using var program = Start();
        using var client = await ConnectAsync(program);
        Assert.Equal("hello", await client.GetStringAsync("/hello.py", Cancellation));
        string maps = await File.ReadAllTextAsync($"/proc/{program.ProcessId}/maps", Cancellation);
        Assert.Contains("AsyncServer.Http.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.CodeAnalysis", maps, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Cache_WhereTheWebFolderCannotBeWritten_IsTheUsers()
    {
        Write("hello.csx", Hello);
        Write("__cache__", ""); // a file in the place of the folder: nobody can write there, not even root
        string cache = Path.Combine(_folder, "cache");
        await using var program = ServerProgram.AsyncServer(["--bind", "127.0.0.1:0", "--web", Web], ("XDG_CACHE_HOME", cache));
        using var client = await ConnectAsync(program);
        Assert.Equal("hello", await client.GetStringAsync("/hello.py", Cancellation));
        Assert.StartsWith("hello.", Path.GetFileName(Assert.Single(Directory.GetFiles(cache, "*", SearchOption.AllDirectories))),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Documentation_ItsModules_Answer()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(ServerProgram.RepositoryRoot, "docs", "modules.md"), Cancellation);
        foreach (string snippet in text.Split("```csharp\n// web/").Skip(1))
            Write(snippet[..snippet.IndexOf('\n', StringComparison.Ordinal)],
                "// web/" + snippet[..snippet.IndexOf("```", StringComparison.Ordinal)]);
        await using var program = Start("site:site");
        using var client = await ConnectAsync(program);
        Assert.Equal("你好\n", await client.GetStringAsync("/hello.py", Cancellation));
        Assert.Equal("GET /count.py: 1\n", await client.GetStringAsync("/count.py", Cancellation));
        Assert.Equal("GET /count.py: 2\n", await client.GetStringAsync("/count.py", Cancellation));
        Assert.Equal("Hello, you\n", await client.GetStringAsync("/users/you", Cancellation));
    }

    [Theory(Timeout = Timeout)]
    [InlineData]
    [InlineData("compile")]
    [InlineData("--check-config")]
    public async Task WebFolder_AskedForAndMissing_IsNamed(params string[] arguments)
    {
        string missing = Path.Combine(_folder, "missing");
        await using var program = ServerProgram.AsyncServer([.. arguments, "--web", missing]);
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains($"The web folder '{missing}' does not exist", program.Errors, StringComparison.Ordinal);
    }

    private ServerProgram Start(params string[] arguments) =>
        ServerProgram.AsyncServer(["--bind", "127.0.0.1:0", "--hubs", "2", "--web", Web, .. arguments]);

    private static async Task<HttpClient> ConnectAsync(ServerProgram program) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };

    private void Write(string name, string text)
    {
        string path = Path.Combine(Web, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static async Task UntilAsync(Func<bool> condition, Func<Task> ask)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            await ask();
            await pause.WaitForNextTickAsync(Cancellation);
        }
    }
}
