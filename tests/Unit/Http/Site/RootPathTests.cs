using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Site;

public sealed class RootPathTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-root-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("/my%20app/where", "200 [/my app] [/where]")]
    [InlineData("/%6dy%20app/where/%61", "200 [/my app] [/where/a]")]
    [InlineData("/my%20app/map/x", "200 [/my app/map] [/x]")]
    [InlineData("/my%20app/hello", "200 hello")]
    [InlineData("/my%20app/m.py", "200 module [/my app] [/m.py]")]
    [InlineData("/my%20app/docs/", "200 index")]
    [InlineData("/my%20app/docs?x=1", "301 /my%20app/docs/?x=1")]
    [InlineData("/my%20app?x=1", "301 /my%20app/?x=1")]
    [InlineData("/hello", "404 not found\n")]
    [InlineData("/my%20apple/hello", "404 not found\n")]
    [InlineData("/my%20ap", "404 not found\n")]
    [InlineData("/", "404 not found\n")]
    public async Task Request_BelowOrBesideThePrefix_IsServedOr404(string target, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "docs"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "docs", "index.html"), "index", TestContext.Current.CancellationToken);
        await using var server = new WireServer(
            routes =>
            {
                routes.Map("/where/*", Where);
                routes.Map("/where", Where);
                routes.Map("/map/*", (Application)new UrlMap { { "/map/*", Where } });
            },
            root: _folder.FullName, modules: new Modules(), rootPath: "/my app");
        var response = WireResponse.Parse(await server.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(expected, $"{response.Status} {response["Location"] ?? response.Body}");
    }

    [Fact]
    public async Task RequestAfterOneWithoutMatch_HasItsOwnPath()
    {
        await using var server = new WireServer(routes => routes.Map("/where", Where), rootPath: "/app");
        var responses = WireResponse.ReadAll(await server.ExchangeAsync(Get("/app/where") + Get("/where") + Get("/app/where")));
        Assert.Equal([200, 404, 200], responses.Select(static response => response.Status));
        Assert.Equal("[/app] [/where]", responses[2].Body);
    }

    [Theory]
    [InlineData("app")]
    [InlineData("/")]
    [InlineData("/app/")]
    [InlineData("/a//b")]
    [InlineData("/a%20b")]
    public void Path_ThatIsNone_IsRefused(string path) => Assert.Throws<ArgumentException>(new HttpServerOptions { RootPath = path }.Check);

    private static string Get(string target) => $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n";

    private static Body Where(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", []);
        return $"[{environ.ScriptName}] [{environ.Path}]";
    }

    private sealed class Modules : IModuleSource
    {
        public ValueTask<Application?> FindAsync(string path) => new(path == "/m.py" ? Answer : null);

        private static async ValueTask<Body> Answer(Environ environ, StartResponse startResponse)
        {
            await Task.Yield();
            startResponse("200 OK", []);
            return $"module [{environ.ScriptName}] [{environ.Path}]";
        }
    }
}
