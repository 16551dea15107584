using System.Net;
using System.Runtime.InteropServices;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Program;

/// <summary>The process that compiles script modules: that there is one, what it gets from the server, and when it ends.</summary>
public sealed class CompilerTests : IDisposable
{
    private const int Timeout = 2 * ServerProgram.Timeout;

    private readonly ModuleSite _site = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _site.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task Compiler_AfterAModule_StaysForTheNext()
    {
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        foreach (string name in (string[])["first", "second", "third"])
        {
            _site.Write($"{name}.csx", ModuleSite.Answering(name));
            Assert.Equal(name, await client.GetStringAsync($"/{name}.py", Cancellation));
            await program.WaitForOutputAsync($"Compiled {name}.csx");
        }
        Assert.Equal(1, ModuleSite.CompilerStarts(program));
    }

    [Fact(Timeout = Timeout)]
    public async Task Compiler_KilledWhileItWaits_IsStartedAgain()
    {
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("first.csx", ModuleSite.Answering("first"));
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));
        int compiler = await ModuleSite.CompilerAsync(program);
        ModuleSite.Signal(compiler, "KILL");
        await ModuleSite.EndedAsync(compiler);

        _site.Write("second.csx", ModuleSite.Answering("second"));
        Assert.Equal("second", await client.GetStringAsync("/second.py", Cancellation));
        Assert.Equal(2, ModuleSite.CompilerStarts(program));
    }

    [Fact(Timeout = Timeout)]
    public async Task Compiler_KilledAtWork_IsStartedAgainForTheSameModule()
    {
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("first.csx", ModuleSite.Answering("first"));
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));
        int compiler = await ModuleSite.CompilerAsync(program);
        ModuleSite.Signal(compiler, "STOP");
        _site.Write("second.csx", ModuleSite.Answering("second"));
        var asked = client.GetStringAsync("/second.py", Cancellation);
        await program.WaitForOutputAsync("second.csx is not compiled");
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation)); // others do not wait
        ModuleSite.Signal(compiler, "KILL");
        Assert.Equal("second", await asked);
        Assert.Equal(2, ModuleSite.CompilerStarts(program));
    }

    [Fact(Timeout = Timeout)]
    public async Task NewCompiler_KilledAtWork_FailsTheRequestAndNotTheModule()
    {
        string muchWork = string.Concat(Enumerable.Range(0, 5000).Select(static i => $"int Function{i}(int number) => number * {i};\n"));
        _site.Write("page.csx", ModuleSite.Answering("page") + "\n" + muchWork);
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        ModuleSite.Signal(await ModuleSite.CompilerAsync(program), "KILL"); // it has just been started, for the page
        await program.WaitForOutputAsync("page.csx cannot be served: the compiler has ended");
        using (var answer = await client.GetAsync("/page.py", Cancellation))
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode); // not tried again at once

        await Until.TrueAsync(() =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/page.py");
            using var answer = client.Send(request, Cancellation);
            return answer.IsSuccessStatusCode;
        }, "another try");
        Assert.Equal("page", await client.GetStringAsync("/page.py", Cancellation));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Compiler_OfAServerThatEnds_EndsToo(string signal)
    {
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("first.csx", ModuleSite.Answering("first"));
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));
        int compiler = await ModuleSite.CompilerAsync(program);
        ModuleSite.Signal(program.ProcessId, signal);
        await ModuleSite.EndedAsync(compiler);
        await program.ExitCodeAsync();
        Assert.Equal("", program.Errors);
    }

    // A terminal sends it to all processes of the server.
    [Fact(Timeout = Timeout)]
    public async Task Interrupt_OfBothProcesses_LetsACompilationAndItsRequestFinish()
    {
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("first.csx", ModuleSite.Answering("first"));
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));
        int compiler = await ModuleSite.CompilerAsync(program);
        ModuleSite.Signal(compiler, "STOP");
        _site.Write("second.csx", ModuleSite.Answering("second"));
        var asked = client.GetStringAsync("/second.py", Cancellation);
        await program.WaitForOutputAsync("second.csx is not compiled");
        ModuleSite.Signal(program.ProcessId, "INT");
        ModuleSite.Signal(compiler, "INT");
        ModuleSite.Signal(compiler, "CONT");
        Assert.Equal("second", await asked);
        Assert.Equal(0, await program.ExitCodeAsync());
        await ModuleSite.EndedAsync(compiler);
        Assert.Equal("", program.Errors);
        Assert.DoesNotContain("fail: ", program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Compiler_OfAServerWithAnInheritedSocket_HasNoSocketAndNoPolicyOfTheServer()
    {
        // What systemd does: descriptor 3 listens and stays open in what is started.
        const string activate = """
            use IO::Socket::INET; use POSIX;
            my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:0") or die;
            POSIX::dup2(fileno($s), 3) if fileno($s) != 3;
            open(my $keep, "<&=", 3); fcntl($keep, 2, 0);
            $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_PID} = $$;
            exec @ARGV;
            """;
        await using var program = ServerProgram.LaunchedBy(["perl", "-e", activate], "--log-level", "Debug", "--web", _site.Web);
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("first.csx", ModuleSite.Answering("first"));
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));
        int compiler = await ModuleSite.CompilerAsync(program);
        var sockets = Descriptors(program.ProcessId).Where(static name => name.StartsWith("socket:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(sockets);
        Assert.Empty(Descriptors(compiler).Intersect(sockets));
        Assert.DoesNotContain(Descriptors(compiler), static name => name.Contains("eventpoll", StringComparison.Ordinal)
            || name.EndsWith("/web", StringComparison.Ordinal));
        foreach (string task in Directory.GetDirectories($"/proc/{compiler}/task"))
        {
            string stat = await File.ReadAllTextAsync(task + "/stat", Cancellation);
            Assert.Equal("0", stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38]); // field 41, the policy: SCHED_OTHER
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Start_WithoutCache_CompilesWhatIsThereAndRunsNothing()
    {
        _site.Write("page.csx", "File.WriteAllText(\"" + _site.Path("ran") + "\", \"\");\n" + ModuleSite.Answering("page"));
        _site.Write("broken.csx", "int a = 1;\nint b = ;\n" + ModuleSite.Answering("broken"));
        await using var program = _site.Start();
        await program.WaitForOutputAsync("All modules of");
        Assert.Contains("Compiled page.csx", program.Output, StringComparison.Ordinal);
        Assert.Contains($"{_site.Path("broken.csx")}:2:", program.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_site.Path("ran")));

        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("page", await client.GetStringAsync("/page.py", Cancellation));
        Assert.True(File.Exists(_site.Path("ran")));
        using var answer = await client.GetAsync("/broken.py", Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        program.Signal(PosixSignal.SIGTERM);
        await program.ExitCodeAsync();
        Assert.Equal(2, program.Output.Split("AsyncServer.Modules[102]").Length); // once
        Assert.Equal(2, program.Output.Split("Compiled page.csx").Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Start_WithAFullCache_StartsNoCompiler()
    {
        _site.Write("page.csx", ModuleSite.Answering("page"));
        await using (var compile = ServerProgram.AsyncServer("compile", "--web", _site.Web))
            Assert.Equal(0, await compile.ExitCodeAsync());
        await using var program = _site.Start();
        await program.WaitForOutputAsync("All modules of");
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("page", await client.GetStringAsync("/page.py", Cancellation));
        Assert.Equal(0, ModuleSite.CompilerStarts(program));
    }

    private static IEnumerable<string> Descriptors(int process) =>
        Directory.GetFiles($"/proc/{process}/fd").Select(static link => new FileInfo(link).LinkTarget ?? "")
            .Where(static name => name.Length > 0);
}
