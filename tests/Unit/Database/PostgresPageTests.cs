using System.Net;

namespace AsyncServer.Unit.Database;

public sealed class PostgresPageTests(PostgresServer server) : DatabasePageTests, IClassFixture<PostgresServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override async Task<string> NewDatabaseAsync() =>
        $"Host={server.Host};Username={PostgresServer.User};Password={PostgresServer.Password}"
            + $";Database={await server.CreateDatabaseAsync()}";

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_NamedByAUrl_IsUsed()
    {
        string database = await server.CreateDatabaseAsync();
        string url = $"postgresql://{PostgresServer.User}:{Uri.EscapeDataString(PostgresServer.Password)}@localhost:5432/{database}"
            + $"?host={server.Host}&sslmode=prefer";
        await using var site = await DatabaseSite.StartAsync(url);
        Assert.Contains("Lotus Rail", await site.PageAsync("/index.py"), StringComparison.Ordinal);
        Assert.Contains("Npgsql", await File.ReadAllTextAsync($"/proc/{site.Program.ProcessId}/maps", Cancellation),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_ThatEndsAndComesBack_Is503Meanwhile()
    {
        await using var site = await DatabaseSite.StartAsync(await NewDatabaseAsync());
        using var added = await site.SubmitAsync("/index.py", ("code", "600107"));
        await server.StopAsync();
        using var answer = await site.Client.GetAsync("/center.py", Cancellation);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Contains("The database does not answer.", text, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Host, text, StringComparison.Ordinal);
        await site.Program.WaitForOutputAsync("The database failed: ");
        Assert.DoesNotContain(PostgresServer.Password, site.Program.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await site.StatusAsync("/say_hello.py"));
        await server.StartAsync();
        // The pool may still hold connections that were cut; each says so once.
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await site.StatusAsync("/center.py") != HttpStatusCode.OK)
            await pause.WaitForNextTickAsync(Cancellation);
        Assert.Contains("Lotus Rail", await site.PageAsync("/center.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_NobodyListensAt_Is503()
    {
        await using var site = await DatabaseSite.StartAsync("postgresql://nobody@127.0.0.1:1/none");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await site.StatusAsync("/index.py"));
        await site.Program.WaitForOutputAsync("The database failed: Failed to connect to 127.0.0.1:1 ");
    }
}
