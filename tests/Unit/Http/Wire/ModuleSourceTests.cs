using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class ModuleSourceTests
{
    private readonly FakeModules _modules = new();

    [Theory]
    [InlineData("/now.py", "200 now /now.py")]
    [InlineData("/n%6fw.py", "200 now /now.py")]
    [InlineData("/now.p%79", "200 now /now.py")]
    [InlineData("/now.py?a=.py", "200 now /now.py")]
    [InlineData("http://b/now.py", "200 now /now.py")]
    [InlineData("/later.py", "200 later /later.py")]
    [InlineData("/route.py", "200 route")]
    [InlineData("/none.py", "404 no such module\n")]
    public async Task Path_OfAModule_IsAnsweredByIt(string target, string expected)
    {
        await using var server = new WireServer(routes => routes.Map("/route.py", (_, _) => Response.Text("route")), modules: _modules);
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(expected, $"{response.Status} {response.Body}");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/y")]
    [InlineData("/my")]
    [InlineData("/now.PY")]
    [InlineData("/now.py/")]
    [InlineData("/now.py/x")]
    [InlineData("/a%39")]
    [InlineData("/?x.py")]
    [InlineData("http://b")]
    public async Task Path_OfNoModule_IsNotAskedFor(string target)
    {
        await using var server = new WireServer(modules: _modules);
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal((404, "not found\n"), (response.Status, response.Body));
        Assert.Empty(_modules.Asked);
    }

    [Fact]
    public async Task Module_ThatIsNotThere_LeavesThePathToTheFallback()
    {
        await using var server = new WireServer(routes => routes.MapFallback((_, _) => Response.Text("fallback")), modules: _modules);
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync("GET /none.py HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal((200, "fallback"), (response.Status, response.Body));
        Assert.Equal(["/none.py"], _modules.Asked);
    }

    [Theory]
    [InlineData("/fails.py")]
    [InlineData("/fails-later.py")]
    public async Task Source_ThatThrows_Is500AndLogged(string target)
    {
        await using var server = new WireServer(modules: _modules);
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(500, response.Status);
        Assert.DoesNotContain("broken", response.Body, StringComparison.Ordinal);
        Assert.Contains(server.Log.Lines, line => line.Text.Contains(target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pipelined_ModulesThatWait_AnswerInOrder()
    {
        await using var server = new WireServer(modules: _modules);
        string text = await server.ExchangeAsync("GET /later.py HTTP/1.1\r\nHost: a\r\n\r\nGET /now.py HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(["later /later.py", "now /now.py"], WireResponse.ReadAll(text).Select(static response => response.Body));
    }

    private sealed class FakeModules : IModuleSource
    {
        internal List<string> Asked { get; } = [];

        public ValueTask<Application?> FindAsync(string path)
        {
            Asked.Add(path);
            return path switch
            {
                "/now.py" or "/route.py" => new(Named("now")),
                "/later.py" => LaterAsync("later"),
                "/fails.py" => throw new InvalidOperationException("broken"),
                "/fails-later.py" => LaterAsync(null),
                _ => default,
            };
        }

        private static async ValueTask<Application?> LaterAsync(string? name)
        {
            await Task.Yield();
            return name is null ? throw new InvalidOperationException("broken") : Named(name);
        }

        private static Application Named(string name) => Applications.From((environ, startResponse) =>
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            return $"{name} {environ.Path}";
        });
    }
}
