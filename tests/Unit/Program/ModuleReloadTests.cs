using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Program;

/// <summary>What the first answer after an edit is, and what becomes of the version before.</summary>
public sealed class ModuleReloadTests : IDisposable
{
    private const int Timeout = 2 * ServerProgram.Timeout;

    private readonly ModuleSite _site = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _site.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task Edit_OfEveryKind_ShowsInTheNextAnswer()
    {
        _site.Write("page.csx", ModuleSite.Answering("1"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("1", await AskAsync(client));
        for (int i = 2; i < 8; i++)
        {
            _site.Write("page.csx", ModuleSite.Answering($"{i}")); // of one length, and soon after the last one
            Assert.Equal($"{i}", await AskAsync(client));
        }

        _site.Write("page.new", ModuleSite.Answering("renamed"));
        File.Move(_site.Path("page.new"), _site.Path("page.csx"), overwrite: true);
        Assert.Equal("renamed", await AskAsync(client));

        _site.Write("page.csx", "#load \"text.csx\"\n" + ModuleSite.Answering("0").Replace("\"0\"", "Text", StringComparison.Ordinal));
        _site.Write("text.csx", "string Text = \"8\";");
        Assert.Equal("8", await AskAsync(client));
        _site.Write("text.csx", "string Text = \"9\";");
        Assert.Equal("9", await AskAsync(client));

        File.Delete(_site.Path("page.csx"));
        using (var answer = await client.GetAsync("/page.py", Cancellation))
            Assert.Equal("no such module\n", await answer.Content.ReadAsStringAsync(Cancellation));
        _site.Write("page.csx", ModuleSite.Answering("again"));
        Assert.Equal("again", await AskAsync(client));
    }

    // It was waited for without end, and no edit was looked at any more.
    [Fact(Timeout = Timeout)]
    public async Task OwnCode_ThatDoesNotEnd_IsGivenUpAndTheNextVersionServes()
    {
        _site.Write("page.csx", "while (true) Thread.Sleep(1000);\n" + ModuleSite.Answering("1"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        using (var answer = await client.GetAsync("/page.py", Cancellation))
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("page.csx cannot be served: its own code has not ended in 10 s", program.Output, StringComparison.Ordinal);
        _site.Write("page.csx", ModuleSite.Answering("2"));
        Assert.Equal("2", await AskAsync(client));
    }

    // After three attempts, a third of a second, it was a 500.
    [Fact(Timeout = Timeout)]
    public async Task FirstVersion_ThatIsWrittenAgainWhileItIsCompiled_IsWaitedFor()
    {
        _site.Write("page.csx", ModuleSite.Answering("0"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("changing.csx", ModuleSite.Answering("1"));
        var asked = client.GetStringAsync("/changing.py", Cancellation);
        // By the clock, since a busy machine takes longer for each; it must end well before the server loses its patience (5 s).
        var writing = TimeSpan.FromSeconds(1.5);
        long start = Stopwatch.GetTimestamp();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (int i = 2; Stopwatch.GetElapsedTime(start) < writing && !asked.IsCompleted
            && await pause.WaitForNextTickAsync(Cancellation); i++)
        {
            _site.Write("changing.new", ModuleSite.Answering($"{i}"));
            File.Move(_site.Path("changing.new"), _site.Path("changing.csx"), overwrite: true);
        }
        Assert.InRange(int.Parse(await asked, CultureInfo.InvariantCulture), 1, 300);
    }

    // Writes with the time stamp of the version before, as two within one step of the file system's clock have.
    [Fact(Timeout = Timeout)]
    public async Task Edit_WithTheTimeStampOfTheVersionBefore_ShowsInTheNextAnswer()
    {
        _site.Write("page.csx", ModuleSite.Answering("1"));
        var modified = File.GetLastWriteTimeUtc(_site.Path("page.csx"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("1", await AskAsync(client));
        _site.Write("page.csx", ModuleSite.Answering("2"));
        File.SetLastWriteTimeUtc(_site.Path("page.csx"), modified);
        Assert.Equal("2", await AskAsync(client));
    }

    [Fact(Timeout = Timeout)]
    public async Task File_TouchedOnly_IsNotLoadedAgain()
    {
        _site.Write("page.csx", ModuleSite.Answering("{environ.Path}").Replace("\"{", "$\"{", StringComparison.Ordinal));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("/page.py", await AskAsync(client));
        for (int i = 0; i < 3; i++)
        {
            File.SetLastWriteTimeUtc(_site.Path("page.csx"), new DateTime(2020, 1, 1 + i, 0, 0, 0, DateTimeKind.Utc));
            Assert.Equal("/page.py", await AskAsync(client));
        }
        _site.Write("other.csx", ModuleSite.Answering("other"));
        Assert.Equal("other", await client.GetStringAsync("/other.py", Cancellation));
        await program.WaitForOutputAsync("Loaded other.csx"); // so the lines before it are there
        Assert.Equal(2, program.Output.Split("Loaded page.csx").Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Edit_ThatCannotBeServed_IsAnsweredByTheOldVersionAndTheNextOneCounts()
    {
        _site.Write("page.csx", ModuleSite.Answering("first"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("first", await AskAsync(client));
        _site.Write("page.csx", "\n" + ModuleSite.Answering("second").Replace("return", "retrun", StringComparison.Ordinal));
        Assert.Equal("first", await AskAsync(client));
        await program.WaitForOutputAsync($"{_site.Path("page.csx")}:5:");

        _site.Write("page.csx", ""); // how many editors save: they cut the file off, then write it
        Assert.Equal("first", await AskAsync(client));
        string text = ModuleSite.Answering("third");
        _site.Write("page.csx", text[..(text.Length / 2)]);
        Assert.Equal("first", await AskAsync(client));
        _site.Write("page.csx", text);
        Assert.Equal("third", await AskAsync(client));

        _site.Write("page.csx", "throw new InvalidOperationException(\"top level\");\n" + text);
        Assert.Equal("third", await AskAsync(client));
        _site.Write("page.csx", text); // taken back: what runs is right again
        Assert.Equal("third", await AskAsync(client));
        Assert.Equal(5, program.Output.Split("its previous version stays in use").Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Edit_WhileItIsCompiled_IsWaitedForByTheRequestThatFoundItAlone()
    {
        _site.Write("page.csx", ModuleSite.Answering("first"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("first", await AskAsync(client));
        int compiler = await ModuleSite.CompilerAsync(program);
        ModuleSite.Signal(compiler, "STOP");
        _site.Write("page.csx", ModuleSite.Answering("second"));
        var finder = AskAsync(client);
        await program.WaitForOutputAsync("page.csx is not compiled");
        Assert.Equal("first", await AskAsync(client));
        Assert.False(finder.IsCompleted);
        ModuleSite.Signal(compiler, "CONT");
        Assert.Equal("second", await finder);
    }

    [Fact(Timeout = Timeout)]
    public async Task Edit_OfWhichTheCompilationHangs_IsAnsweredByTheOldVersion()
    {
        _site.Write("page.csx", ModuleSite.Answering("first"));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("first", await AskAsync(client));
        ModuleSite.Signal(await ModuleSite.CompilerAsync(program), "STOP");
        _site.Write("page.csx", ModuleSite.Answering("second"));
        Assert.Equal("first", await AskAsync(client)); // after 5 s
        ModuleSite.Signal(await ModuleSite.CompilerAsync(program), "CONT");
        await program.WaitForOutputAsync("Compiled page.csx");
    }

    [Fact(Timeout = Timeout)]
    public async Task Request_OnAVersionThatIsReplaced_FinishesOnIt()
    {
        string waiting = """
            async Task<string> application(Environ environ, StartResponse startResponse)
            {
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                if (environ.QueryString == "wait")
                    File.WriteAllText("STARTED", "");
                while (environ.QueryString == "wait" && !File.Exists("GATE"))
                    await Coroutine.Sleep(TimeSpan.FromMilliseconds(10));
                return Text();
            }
            string Text() => "VERSION";
            """.Replace("GATE", _site.Path("gate"), StringComparison.Ordinal)
                .Replace("STARTED", _site.Path("started"), StringComparison.Ordinal);
        _site.Write("page.csx", waiting.Replace("VERSION", "first", StringComparison.Ordinal));
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("first", await AskAsync(client));
        var old = client.GetStringAsync("/page.py?wait", Cancellation);
        await Until.TrueAsync(() => File.Exists(_site.Path("started")), "a request on the first version");
        foreach (string version in (string[])["second", "third"])
        {
            _site.Write("page.csx", waiting.Replace("VERSION", version, StringComparison.Ordinal));
            Assert.Equal(version, await AskAsync(client));
        }
        Assert.False(old.IsCompleted);
        File.WriteAllText(_site.Path("gate"), "");
        Assert.Equal("first", await old);
    }

    // Two contents in turn, so that it loads a thousand times and compiles twice.
    [Fact(Timeout = 2 * Timeout)]
    public async Task Module_ReloadedAThousandTimes_LeavesNoMemoryBehind()
    {
        string counter = """
            async Task<string> application(Environ environ, StartResponse startResponse)
            {
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                await Coroutine.Yield();
                if (environ.QueryString == "contexts")
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    GC.Collect();
                    return $"{System.Runtime.Loader.AssemblyLoadContext.All.Count(static context => context.IsCollectible)}";
                }
                return "VERSION";
            }
            """;
        string[] versions = [counter.Replace("VERSION", "even", StringComparison.Ordinal),
            counter.Replace("VERSION", "odd", StringComparison.Ordinal)];
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        long middle = 0;
        for (int i = 0; i < 1000; i++)
        {
            _site.Write("page.csx", versions[i % 2]);
            Assert.Equal(i % 2 == 0 ? "even" : "odd", await AskAsync(client));
            if (i == 499)
                middle = await SettledMemoryAsync();
        }
        long end = await SettledMemoryAsync();
        Assert.True(end - middle < 15 * 1024, $"{middle} kB after 500, {end} kB after 1,000");
        Assert.Equal(3, program.Output.Split("Compiled page.csx").Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{middle} kB after 500, {end} kB after 1,000");

        async Task<long> SettledMemoryAsync()
        {
            Assert.Equal("1", await client.GetStringAsync("/page.py?contexts", Cancellation));
            string status = await File.ReadAllTextAsync($"/proc/{program.ProcessId}/status", Cancellation);
            return long.Parse(Regex.Match(status, @"VmRSS:\s+(\d+) kB").Groups[1].Value, CultureInfo.InvariantCulture);
        }
    }

    private static Task<string> AskAsync(HttpClient client) => client.GetStringAsync("/page.py", Cancellation);
}
