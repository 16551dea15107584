using System.Net;

namespace AsyncServer.Unit.Database;

/// <summary>MySQL's protocol and SQL, as MariaDB has them.</summary>
public sealed class MySqlPageTests(MariaDbServer server) : DatabasePageTests, IClassFixture<MariaDbServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override async Task<string> NewDatabaseAsync() =>
        $"Server={server.Socket};Protocol=unix;User "
            + $"ID={MariaDbServer.User};Password='{MariaDbServer.Password}';Database={await server.CreateDatabaseAsync()}";

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_NamedByAUrl_IsUsed()
    {
        string database = await server.CreateDatabaseAsync();
        string url = $"mysql://{MariaDbServer.User}:{Uri.EscapeDataString(MariaDbServer.Password)}@localhost/{database}"
            + $"?server={server.Socket}&protocol=unix&sslmode=none";
        await using var site = await DatabaseSite.StartAsync(url);
        Assert.Contains("Lotus Rail", await site.PageAsync("/index.py"), StringComparison.Ordinal);
        Assert.Contains("MySqlConnector", await File.ReadAllTextAsync($"/proc/{site.Program.ProcessId}/maps", Cancellation),
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
        Assert.DoesNotContain(server.Socket, text, StringComparison.Ordinal);
        await site.Program.WaitForOutputAsync("The database failed: ");
        Assert.DoesNotContain(MariaDbServer.Password, site.Program.Output, StringComparison.Ordinal);
        await server.StartAsync();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await site.StatusAsync("/center.py") != HttpStatusCode.OK)
            await pause.WaitForNextTickAsync(Cancellation);
        Assert.Contains("Lotus Rail", await site.PageAsync("/center.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_NobodyListensAt_Is503()
    {
        await using var site = await DatabaseSite.StartAsync("mariadb://nobody@127.0.0.1:1/none");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await site.StatusAsync("/index.py"));
        await site.Program.WaitForOutputAsync("The database failed: Unable to connect");
    }
}
