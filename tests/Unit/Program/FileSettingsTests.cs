using System.Net;

namespace AsyncServer.Unit.Program;

/// <summary>The settings of static files, from each source to the wire.</summary>
public sealed class FileSettingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-test");

    public FileSettingsTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "site/dir"));
        Write("site/app.html", "single");
        Write("site/none.html", "nothing here");
        Write("site/404.html", "the usual one");
        Write("site/dir/a.js", "script");
        Write("site/dir/a.js.gz", "small script");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Flags_OfFiles_AreHeeded()
    {
        await using var program = ServerProgram.AsyncServer(
            "--bind", "127.0.0.1:0", "--root", Path.Combine(_folder.FullName, "site"), "--listing", "--spa", "app.html",
            "--cache-control", "**/*.js=public, max-age=3600", "--cache-control", "**=no-cache", "--error-page", "404=none.html");
        using var client = await ConnectAsync(program);
        Assert.Contains("a.js.gz", await client.GetStringAsync("/dir/", Cancellation), StringComparison.Ordinal);
        using var script = await client.GetAsync("/dir/a.js", Cancellation);
        Assert.Equal("public, max-age=3600", script.Headers.CacheControl!.ToString());
        Assert.Equal("Accept-Encoding", script.Headers.Vary.ToString());
        using var missing = await client.GetAsync("/missing", Cancellation);
        Assert.Equal((HttpStatusCode.NotFound, "nothing here"),
            (missing.StatusCode, await missing.Content.ReadAsStringAsync(Cancellation)));
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        Assert.Equal("single", await client.GetStringAsync("/missing", Cancellation));
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData(null, "the usual one")]
    [InlineData("404=none.html", "nothing here")]
    [InlineData("404=", "not found\n")]
    [InlineData("500=none.html", "not found\n")]
    public async Task ErrorPage_FromTheEnvironment_ReplacesTheDefault(string? pages, string body)
    {
        await using var program = ServerProgram.AsyncServer(
            ["--bind", "127.0.0.1:0", "--root", Path.Combine(_folder.FullName, "site")],
                pages is null ? [] : [("ASYNCSERVER_ERROR_PAGE", pages)]);
        using var client = await ConnectAsync(program);
        using var missing = await client.GetAsync("/missing", Cancellation);
        Assert.Equal((HttpStatusCode.NotFound, body), (missing.StatusCode, await missing.Content.ReadAsStringAsync(Cancellation)));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task PrintConfig_Maps_AreReadFromFileAndEnvironment()
    {
        string file = Write("test.json", """
            {
              "root": "site",
              "listing": true,
              "cacheControl": { "**/*.js": "public, max-age=60", "**": "no-cache" }
            }
            """);
        await using var program = ServerProgram.AsyncServer(["--config", file, "--print-config"],
            ("ASYNCSERVER_ERROR_PAGE", "404=none.html; 500=app.html"));
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Contains($"**/*.js=public, max-age=60, **=no-cache  {file}:4: cacheControl\n", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"errorPage +404=none\.html, 500=app\.html +ASYNCSERVER_ERROR_PAGE\n", program.Output);
        Assert.Matches(@"listing +true +.*:3: listing\n", program.Output);
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData(2, "--cache-control: 'no-cache' is not GLOB=VALUE", "--cache-control", "no-cache")]
    [InlineData(2, "--error-page: '200=a' is not STATUS=FILE", "--error-page", "200=a")]
    [InlineData(1, "The error page for 404 is 'gone.html', which does not exist", "--error-page", "404=gone.html")]
    [InlineData(1, "The single page is '../test.json', which names no file that is served.", "--spa", "../test.json")]
    public async Task Mistake_IsNamed(int exitCode, string message, params string[] arguments)
    {
        await using var program = ServerProgram.AsyncServer(
            ["--check-config", "--root", Path.Combine(_folder.FullName, "site"), .. arguments]);
        Assert.Equal(exitCode, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: " + message, program.Errors, StringComparison.Ordinal);
    }

    private static async Task<HttpClient> ConnectAsync(ServerProgram program) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }
}
