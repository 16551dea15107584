using System.Net;
using System.Text.RegularExpressions;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Database;

/// <summary>
/// The real program with the sample site's database pages, and a browser's view of them: cookies are kept, redirects are not followed.
/// </summary>
internal sealed partial class DatabaseSite : IAsyncDisposable
{
    /// <summary>The most that a test may take, in milliseconds: each may have to compile the pages first.</summary>
    internal const int Timeout = 3 * ServerProgram.Timeout;

    private const string Variable = "ASYNCSERVER_DATABASE";

    private DatabaseSite(ServerProgram program, int port)
    {
        Program = program;
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    internal ServerProgram Program { get; }

    internal HttpClient Client { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="database">The connection string; empty for the default database.</param>
    /// <param name="web">The folder of modules; null for the repository's.</param>
    internal static async Task<DatabaseSite> StartAsync(string database, string? web = null)
    {
        var program = ServerProgram.AsyncServer(
            ["--bind", "127.0.0.1:0", "--hubs", "2", "--web", web ?? Path.Combine(ServerProgram.RepositoryRoot, "web")],
            (Variable, database));
        return new DatabaseSite(program, await program.PortAsync());
    }

    /// <summary>The repository's web folder, copied below another one.</summary>
    internal static string CopyWeb(string folder)
    {
        string source = Path.Combine(ServerProgram.RepositoryRoot, "web");
        string copy = Path.Combine(folder, "web");
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("__cache__", StringComparison.Ordinal)))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    internal Task<string> PageAsync(string path) => Client.GetStringAsync(path, Cancellation);

    /// <summary>The token that the page's forms carry for this browser.</summary>
    internal async Task<string> TokenAsync() => Token().Match(await PageAsync("/index.py")).Groups[1].Value;

    /// <summary>Sends a form with a good token.</summary>
    internal async Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields) =>
        await PostAsync(path, [("csrf", await TokenAsync()), .. fields]);

    internal async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)));
        return await Client.PostAsync(path, form, Cancellation);
    }

    internal async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await Client.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Program.DisposeAsync();
    }

    [GeneratedRegex("""name="csrf" value="([0-9a-zA-Z_\-]+)">""")]
    private static partial Regex Token();
}
