using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

public sealed class UrlMapTests
{
    private static readonly (string, string)[] Plain = [("Content-Type", "text/plain")];

    private static string ShowTime(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", Plain);
        return "time";
    }

    private static async Task<Body> SayHelloAsync(Environ environ, StartResponse startResponse)
    {
        await Task.Yield();
        startResponse("200 OK", Plain);
        return "hello";
    }

    private static ValueTask<Body> ShowPicture(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", [("Content-Type", "image/jpeg")]);
        return new ValueTask<Body>("picture"u8.ToArray());
    }

    private static Application Says(string text) => (environ, startResponse) =>
    {
        startResponse("200 OK", Plain);
        string values = string.Join(",", environ.RouteValues.OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Key}={pair.Value}:{pair.Value.GetType().Name}"));
        return new ValueTask<Body>($"{text} [{environ.ScriptName}|{environ.Path}] {values}".TrimEnd());
    };

    private static async Task<WireResponse> SendAsync(UrlMap map, string target, string method = "GET")
    {
        await using var server = new WireServer(routes => routes.MapFallback(map));
        return WireResponse.ReadAll(await server.ExchangeAsync($"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n"), method).Single();
    }

    private static async Task<string> GetAsync(UrlMap map, string target) => (await SendAsync(map, target)).Body;

    [Fact]
    public async Task Map_OfEveryShapeOfFunction_CompilesAndAnswers()
    {
        var map = new UrlMap
        {
            { "/ctime", ShowTime },
            { "/sayhello", SayHelloAsync },
            { "/pic", ShowPicture },
            { "/lambda", (environ, startResponse) =>
            {
                startResponse("200 OK", []);
                return "lambda";
            } },
            { "/async", async (environ, startResponse) =>
            {
                await Task.Yield();
                startResponse("200 OK", []);
                return "async";
            } },
            { "GET, POST", "/methods", ShowTime },
            { "DELETE", "/methods", async (environ, startResponse) =>
            {
                await Task.Yield();
                startResponse("200 OK", []);
                return "deleted";
            } },
        };
        Application application = map;
        await using var server = new WireServer(routes =>
        {
            routes.Map("/*", application);
            routes.Map("/pic", map);
        });
        string text = await server.ExchangeAsync(string.Concat(map.Select(url => $"GET {url} HTTP/1.1\r\nHost: a\r\n\r\n")));
        var bodies = map.Zip(WireResponse.ReadAll(text).Select(response => response.Body))
            .OrderBy(pair => pair.First, StringComparer.Ordinal).Select(pair => pair.Second);
        Assert.Equal(["async", "time", "lambda", "time", "time", "picture", "hello"], bodies);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ctime/")]
    [InlineData("/Ctime")]
    [InlineData("/ctime/x")]
    [InlineData("/ctim")]
    public async Task Url_ThatIsNotThere_Is404PlainText(string target)
    {
        var response = await SendAsync(new UrlMap { { "/ctime", ShowTime } }, target);
        Assert.Equal(404, response.Status);
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        Assert.Equal("not found\n", response.Body);
    }

    [Theory]
    [InlineData("/users/7", "int [|/users/7] id=7:Int32")]
    [InlineData("/users/007", "int [|/users/007] id=7:Int32")]
    [InlineData("/users/-7", "text [|/users/-7] name=-7:String")]
    [InlineData("/users/99999999999", "text [|/users/99999999999] name=99999999999:String")]
    [InlineData("/users/ann", "text [|/users/ann] name=ann:String")]
    [InlineData("/users/a%20b", "text [|/users/a b] name=a b:String")]
    [InlineData("/users/me", "literal [|/users/me]")]
    [InlineData("/users/7/posts/x", "two [|/users/7/posts/x] id=7:Int32,post=x:String")]
    [InlineData("/users/me/posts/x", "below [/users|/me/posts/x]")]
    [InlineData("/users/", "below [/users|/]")]
    [InlineData("/users", "below [/users|]")]
    [InlineData("/usersx", "rest [|/usersx]")]
    public async Task Placeholder_TakesOneSegment_AndTheMoreExactUrlWins(string target, string answer)
    {
        var map = new UrlMap
        {
            { "/*", Says("rest") }, { "/users/*", Says("below") }, { "/users/{name}", Says("text") }, { "/users/{id:int}", Says("int") },
            { "/users/{id:int}/posts/{post}", Says("two") }, { "/users/me", Says("literal") },
        };
        Assert.Equal(answer, await GetAsync(map, target));
    }

    [Fact]
    public async Task NestedMap_MovesThePathToScriptName()
    {
        var items = new UrlMap { { "/", Says("list") }, { "/{item:int}", Says("item") } };
        var shop = new UrlMap { { "/items", items }, { "/", Says("shop") } };
        var map = new UrlMap { { "/{lang}/shop", shop }, { "/", Says("home") } };
        Assert.Equal("home [|/]", await GetAsync(map, "/"));
        Assert.Equal("shop [/en/shop|] lang=en:String", await GetAsync(map, "/en/shop"));
        Assert.Equal("shop [/en/shop|/] lang=en:String", await GetAsync(map, "/en/shop/"));
        Assert.Equal("list [/en/shop/items|] lang=en:String", await GetAsync(map, "/en/shop/items"));
        Assert.Equal("item [/en/shop/items|/5] item=5:Int32,lang=en:String", await GetAsync(map, "/en/shop/items/5"));
        Assert.Equal(404, (await SendAsync(map, "/en/shop/items/x")).Status);
    }

    [Theory]
    [InlineData("GET", 200, null)]
    [InlineData("HEAD", 200, null)]
    [InlineData("POST", 200, null)]
    [InlineData("PUT", 405, "GET, POST, HEAD, OPTIONS")]
    [InlineData("BREW", 501, "GET, POST, HEAD, OPTIONS")]
    [InlineData("OPTIONS", 204, "GET, POST, HEAD, OPTIONS")]
    public async Task Method_ThatNoUrlHas_Is405WithAllow(string method, int status, string? allow)
    {
        var map = new UrlMap { { "GET", "/x", Says("get") }, { "POST", "/{any}", Says("post") } };
        var response = await SendAsync(map, "/x", method);
        Assert.Equal(status, response.Status);
        Assert.Equal(allow, response["Allow"]);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("/{")]
    [InlineData("/{}")]
    [InlineData("/{a}b")]
    [InlineData("/{a:float}")]
    [InlineData("/{a}/{a}")]
    [InlineData("/taken")]
    [InlineData("/t/{other}")]
    public void Url_ThatIsMalformedOrTaken_IsRefused(string url)
    {
        var map = new UrlMap { { "/taken", ShowTime }, { "GET", "/t/{id}", ShowTime }, { "POST", "/t/{id}", ShowTime } };
        Assert.Throws<ArgumentException>(() => map.Add(url, ShowTime));
        Assert.Throws<ArgumentException>(() => map.Add("GET POST", "/fine", ShowTime));
    }

    [Fact]
    public async Task RoutingArgs_AreInTheEnviron_UnderTheKeyOfTheConvention()
    {
        object? found = null;
        await GetAsync(new UrlMap { { "/{name}", (environ, startResponse) =>
        {
            found = environ["wsgiorg.routing_args"];
            startResponse("200 OK", []);
            return "";
        } } }, "/ann");
        var (positional, named) = Assert.IsType<(object[], IReadOnlyDictionary<string, object>)>(found);
        Assert.Empty(positional);
        Assert.Equal("ann", named["name"]);
    }
}
