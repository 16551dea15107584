using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace AsyncServer.Unit.Program;

public sealed class AccessLogTests : IDisposable
{
    private const PosixSignal Reopen = (PosixSignal)10;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-test");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    // FAULTS row 37.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task RotatedUnderLoad_ThenSignalled_LosesNoLine()
    {
        const int clients = 4;
        const int requestsEach = 100;
        string file = Path.Combine(_folder.FullName, "access.log");
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--access-log", file);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        var half = new TaskCompletionSource();
        int answered = 0;
        async Task AskAsync()
        {
            for (int i = 0; i < requestsEach; i++)
            {
                using var answer = await client.GetAsync("/say_hello.py", Cancellation);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                if (Interlocked.Increment(ref answered) == clients * requestsEach / 2)
                    half.SetResult();
            }
        }
        var asking = Task.WhenAll(Enumerable.Range(0, clients).Select(_ => AskAsync()));
        await half.Task.WaitAsync(Cancellation);
        File.Move(file, file + ".1");
        program.Signal(Reopen);
        await asking;
        while (!File.Exists(file))
            await client.GetStringAsync("/say_hello.py?more", Cancellation);
        await client.GetStringAsync("/say_hello.py?last", Cancellation);
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        string[] old = await File.ReadAllLinesAsync(file + ".1", Cancellation);
        string[] current = await File.ReadAllLinesAsync(file, Cancellation);
        Assert.NotEmpty(old);
        Assert.Contains(current, static line => line.Contains("GET /say_hello.py?last HTTP/1.1\" 200 20 ", StringComparison.Ordinal));
        Assert.Equal(clients * requestsEach, old.Concat(current)
            .Count(static line => line.Contains("GET /say_hello.py HTTP", StringComparison.Ordinal)));
        Assert.All(old.Concat(current), static line => Assert.StartsWith("127.0.0.1 - - [", line, StringComparison.Ordinal));
    }

    // FAULTS row 36.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task StandardOutput_WhoseReaderIsGone_NeitherKillsNorBlocks()
    {
        string server = Path.Combine(ServerProgram.RepositoryRoot, "src", "AsyncServer", "bin", ServerProgram.Configuration, "net10.0",
            "asyncserver.dll");
        string script = "{ sh -c 'echo $$ >&2; exec dotnet \"$0\" --bind 127.0.0.1:0 --access-log -' \"$0\"; } | head -1";
        await using var shell = ServerProgram.Command("sh", ServerProgram.RepositoryRoot, ["-c", script, server]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await shell.PortAsync()}") };
        using var program = Process.GetProcessById(
            int.Parse(shell.Errors.Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            for (int i = 0; i < 20; i++)
                Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
            using var kill = Process.Start("kill", ["-15", $"{program.Id}"]);
            await program.WaitForExitAsync(Cancellation);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task StandardOutput_HasALineForEachRequest_InTheFormatAskedFor()
    {
        await using var program = ServerProgram.AsyncServer(["--bind", "127.0.0.1:0", "--access-log", "-"],
            ("ASYNCSERVER_ACCESS_LOG_FORMAT", "said %(m)s %(U)s %(s)s"));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        await client.GetStringAsync("/say_hello.py", Cancellation);
        await program.WaitForOutputAsync("said GET /say_hello.py 200\n"); // while it runs
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Reopen_WithoutALog_DoesNothing()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        program.Signal(Reopen);
        Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task File_ThatCannotBeWritten_IsNamedAtTheStart()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--access-log", "/no/such/folder/log");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: '/no/such/folder/log' cannot be written: No such file or directory.", program.Errors,
            StringComparison.Ordinal);
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("--access-log-format", "short", "'short' is not a format of the access log")]
    [InlineData("--trusted-proxies", "10.0.0.0/8,10.0.0.0/33", "'10.0.0.0/33' is not an address, a network")]
    [InlineData("--forwarded-headers", "forwarded,x-forwarded-for", "'forwarded,x-forwarded-for': forwarded stands alone")]
    [InlineData("--forwarded-headers", "via", "'via' is not one of")]
    [InlineData("--allowed-hosts", "a:80", "'a:80' is not a host")]
    [InlineData("--root-path", "app", "'app' is not a path")]
    public async Task Option_WithoutMeaning_IsNamed(string flag, string value, string message)
    {
        await using var program = ServerProgram.AsyncServer("--check-config", flag, value);
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains($"asyncserver: {flag}: {message}", program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task File_AndProxySettings_OfAConfigurationFile_Hold()
    {
        string config = Path.Combine(_folder.FullName, "test.json");
        await File.WriteAllTextAsync(config, $$"""
            {
              "root": "{{Path.Combine(ServerProgram.RepositoryRoot, "html")}}",
              "bind": ["127.0.0.1:0"],
              "accessLog": "here.log",
              "accessLogFormat": "%(h)s %(s)s %(U)s",
              "trustedProxies": ["127.0.0.1", "unix"],
              "forwardedHeaders": "forwarded",
              "allowedHosts": ["a.example", "*.b.example"],
              "rootPath": "/app"
            }
            """, Cancellation);
        await using var program = ServerProgram.AsyncServer("--config", config);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsync(client, "/app/", "evil"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "/app/", "x.b.example"));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(client, "/", "a.example"));
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Equal(["192.0.2.7 421 /app/", "192.0.2.7 200 /app/", "192.0.2.7 404 /"],
            await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "here.log"), Cancellation));
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("Forwarded", "for=192.0.2.7;proto=https");
        using var answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
