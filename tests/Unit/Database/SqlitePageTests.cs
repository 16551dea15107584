using System.Net;

namespace AsyncServer.Unit.Database;

public sealed class SqlitePageTests : DatabasePageTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-sqlite-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override Task<string> NewDatabaseAsync() => Task.FromResult($"Data Source={Path.Combine(_folder, "stocks.db")}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_NotNamed_IsAFileBesideTheWebFolder()
    {
        string web = DatabaseSite.CopyWeb(_folder);
        await using (var site = await DatabaseSite.StartAsync("", web))
        {
            using var added = await site.SubmitAsync("/index.py", ("code", "600107"));
            Assert.Equal(HttpStatusCode.SeeOther, added.StatusCode);
        }
        Assert.True(File.Exists(Path.Combine(_folder, "data", "asyncserver.db")));
        await using var again = await DatabaseSite.StartAsync("", web);
        Assert.Contains("Lotus Rail", await again.PageAsync("/center.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_WhereNoFileCanBeWritten_IsInMemory()
    {
        string web = DatabaseSite.CopyWeb(_folder);
        // in the place of the folder: not even root can write there
        await File.WriteAllTextAsync(Path.Combine(_folder, "data"), "", Cancellation);
        await using var site = await DatabaseSite.StartAsync("", web);
        using var added = await site.SubmitAsync("/index.py", ("code", "600107"));
        Assert.Equal(HttpStatusCode.SeeOther, added.StatusCode);
        Assert.Contains("Lotus Rail", await site.PageAsync("/center.py"), StringComparison.Ordinal); // another module, the same memory
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_ThatCannotBeOpened_Is503UntilItCan()
    {
        string missing = Path.Combine(_folder, "missing");
        await using var site = await DatabaseSite.StartAsync($"Data Source={Path.Combine(missing, "stocks.db")}");
        using var answer = await site.Client.GetAsync("/index.py", Cancellation);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Contains("The database does not answer.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite", text, StringComparison.OrdinalIgnoreCase);
        await site.Program.WaitForOutputAsync("The database failed: SQLite Error 14");
        Directory.CreateDirectory(missing);
        Assert.Contains("Lotus Rail", await site.PageAsync("/index.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Form_WithoutTheTokenOfItsBrowser_Is403()
    {
        await using var site = await DatabaseSite.StartAsync(await NewDatabaseAsync());
        using var withoutCookie = await site.PostAsync("/index.py", ("code", "600107"), ("csrf", new string('0', 32)));
        string token = await site.TokenAsync();
        using var withoutToken = await site.PostAsync("/index.py", ("code", "600107"));
        using var withAnother = await site.PostAsync("/index.py", ("code", "600107"),
            ("csrf", token[..^1] + (token[^1] == '0' ? '1' : '0')));
        using var withEmpty = await site.PostAsync("/center.py", ("code", "600107"), ("action", "remove"), ("csrf", ""));
        Assert.All([withoutCookie, withoutToken, withAnother, withEmpty],
            static answer => Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode));
        using var asJson = new StringContent("{}", null, "application/json");
        using var json = await site.Client.PostAsync("/index.py", asJson, Cancellation);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        using var put = await site.Client.PutAsync("/index.py", null, Cancellation);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD, POST"), (put.StatusCode, string.Join(", ", put.Content.Headers.Allow)));
        Assert.Contains("There are none yet", await site.PageAsync("/center.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Server_HasADriverLoadedOnceAPageNeedsIt()
    {
        await using var site = await DatabaseSite.StartAsync(await NewDatabaseAsync());
        Assert.Equal(HttpStatusCode.OK, await site.StatusAsync("/say_hello.py"));
        Assert.DoesNotMatch("(?i)sqlite|npgsql|dapper", await MapsAsync());
        Assert.Equal(HttpStatusCode.OK, await site.StatusAsync("/index.py"));
        Assert.Matches("(?i)e_sqlite3", await MapsAsync());

        Task<string> MapsAsync() => File.ReadAllTextAsync($"/proc/{site.Program.ProcessId}/maps", Cancellation);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Page_Replaced_IsUnloadedWithItsTypes()
    {
        string web = DatabaseSite.CopyWeb(_folder);
        await File.WriteAllTextAsync(Path.Combine(web, "loaded.csx"), """
            Body application(Environ environ, StartResponse startResponse)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                return string.Join(' ', System.Runtime.Loader.AssemblyLoadContext.All.Where(static context =>
                context.IsCollectible).Select(static context => context.Name).Order());
            }
            """, Cancellation);
        await using var site = await DatabaseSite.StartAsync(await NewDatabaseAsync(), web);
        using var added = await site.SubmitAsync("/index.py", ("code", "600107"));
        string script = Path.Combine(web, "index.csx");
        await File.WriteAllTextAsync(script, (await File.ReadAllTextAsync(script, Cancellation))
            .Replace("\"Stocks\"", "\"Shares\"", StringComparison.Ordinal), Cancellation);
        await UntilAsync("/index.py", "<title>Shares");
        await UntilAsync("/loaded.py", "index.csx loaded.csx", isWhole: true);

        async Task UntilAsync(string path, string text, bool isWhole = false)
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (await site.PageAsync(path) is var page && !(isWhole ? page == text : page.Contains(text, StringComparison.Ordinal)))
                await pause.WaitForNextTickAsync(Cancellation);
        }
    }
}
