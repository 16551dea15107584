using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Program;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

/// <summary>The snippets of docs/apps.md, as they stand there.</summary>
[Collection(nameof(CurrentFolder))]
public sealed partial class AppsDocumentTests
{
    private static void MapHello(SiteWithRoutes server)
    {
        server.Routes.Map("/hello.py", (environ, startResponse) =>
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            return $"Hello, {environ.Query["name"]}";
        });
    }

    private static async Task<Body> ShowTimeAsync(Environ environ, StartResponse startResponse)
    {
        await Task.Yield(); // ask a database, another service ...
        startResponse("200 OK", [("Content-Type", "text/plain")]);
        return TimeProvider.System.GetLocalNow().ToString("ddd MMM d HH:mm:ss yyyy");
    }

    private static async IAsyncEnumerable<string> CountAsync(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", [("Content-Type", "text/plain")]);
        for (int number = 1; number <= 3; number++)
        {
            yield return $"{number}\n"; // is sent before the next is asked for
            await Task.Yield();
        }
    }

    private static async Task<Body> CarefulAsync(Environ environ, StartResponse startResponse)
    {
        try
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            return await FindAnswerAsync();
        }
        catch (TimeoutException exception)
        {
            startResponse("503 Service Unavailable", [("Retry-After", "5")], exception);
            return "try again";
        }
    }

    private static async Task<Body> PushAsync(Environ environ, StartResponse startResponse)
    {
        var write = startResponse("200 OK", [("Content-Type", "text/plain")]);
        await write("first, "u8.ToArray());
        return "then the rest";
    }

    private static async Task<Body> EchoAsync(Environ environ, StartResponse startResponse)
    {
        using var reader = new StreamReader(environ.Input);
        string text = await reader.ReadToEndAsync(environ.CancellationToken);
        startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
        return text;
    }

    private static Application Timed(Application inner) => (environ, startResponse) =>
    {
        long start = Stopwatch.GetTimestamp();
        return inner(environ, (status, headers, excInfo) =>
            startResponse(status, [.. headers, ("Server-Timing", $"app;dur={Stopwatch.GetElapsedTime(start).TotalMilliseconds:0}")],
                excInfo));
    };

    private static async Task<string> TakeOrderAsync(Environ environ, StartResponse startResponse)
    {
        var form = await environ.ReadFormAsync(new FormOptions { MaxFileSize = 10_000_000 });
        var picture = form.File("picture");
        string name = picture is null ? "none" : $"{picture.SafeFileName}, {picture.Length} bytes of {picture.ContentType}";
        startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
        return $"{form["item"]} for {string.Join(" and ", form.Values("person"))}; picture: {name}";
    }

    private static string ChooseTheme(Environ environ, StartResponse startResponse)
    {
        string theme = environ.Query["theme"] is { Count: > 0 } chosen ? Uri.EscapeDataString(chosen.ToString())
            : environ.Cookies.GetValueOrDefault("theme", "light");
        startResponse("200 OK", [("Content-Type", "text/plain"),
            new SetCookie("theme", theme) { MaxAge = TimeSpan.FromDays(30) }.ToHeader()]);
        return theme;
    }

    private static async Task<string> SignInAsync(Environ environ, StartResponse startResponse)
    {
        var session = environ.Session;
        string? problem = null;
        if (environ.Method == "POST")
        {
            var form = await environ.ReadFormAsync();
            if (session.IsCsrfTokenValid(form))
            {
                session.Clear(); // what belonged to the visitor before, the CSRF secret too
                session["name"] = form["name"];
            }
            else
            {
                problem = "403 Forbidden";
            }
        }
        startResponse(problem ?? "200 OK", [("Content-Type", "text/html; charset=utf-8")]);
        return $"""
            <p>Hello, {WebUtility.HtmlEncode(session["name"] ?? "stranger")}</p>
            <form method="post"><input name="name"><input type="hidden" name="{Session.CsrfField}" value="{session.CsrfToken}"><button>Sign
            in</button></form>
            """;
    }

    private static void MapSignIn(SiteWithRoutes server)
    {
        var signIn = Applications.From(SignInAsync);
        server.Routes.Map("/signin",
            Compression.Wrap(Sessions.Wrap(signIn, new SessionOptions { KeyFolder = "keys", Timeout = TimeSpan.FromHours(1) })));
    }

    private static Body CountDown(Environ environ, StartResponse startResponse)
    {
        return EventStream.Start(startResponse, NumbersAsync(EventStream.LastEventId(environ) is { } id ? int.Parse(id) - 1 : 3));

        static async IAsyncEnumerable<SseItem<string>> NumbersAsync(int from,
            [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            for (int number = from; number > 0; number--)
            {
                yield return new SseItem<string>($"{number} to go", "count") { EventId = $"{number}" };
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellation); // wait for what happens next
            }
        }
    }

    private static string SayHello(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
        return $"Hello, {environ.RouteValues["name"]}";
    }

    private static string ShowPage(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", [("Content-Type", "text/html; charset=utf-8")]);
        return Template.FromFile("templates/index.html").Render(new { title = "Tom & Jerry", content = "<p>cat, mouse</p>" });
    }

    private static void MapSite(SiteWithRoutes server)
    {
        var items = new UrlMap
        {
            { "/", ShowItems },
            { "GET", "/{id:int}", ShowItem },
            { "DELETE", "/{id:int}", DeleteItemAsync },
        };
        var site = new UrlMap
        {
            { "/ctime", ShowTimeAsync },
            { "/echo", EchoAsync },
            { "/hello/{name}", SayHello },
            { "/items", items },
        };
        server.Routes.MapFallback(Timed(site));
    }

    private static void MapFiles(SiteWithRoutes server)
    {
        var files = new FileApplication("static");
        server.Routes.MapFallback(new UrlMap { { "/static/*", files }, { "/ctime", ShowTimeAsync } });
    }

    // What the snippets speak of.

    private static async Task<Body> AddNumbersAsync(Environ environ, StartResponse startResponse)
    {
        long[]? numbers;
        try
        {
            numbers = await JsonSerializer.DeserializeAsync<long[]>(environ.Input, JsonSerializerOptions.Web, environ.CancellationToken);
        }
        catch (JsonException)
        {
            startResponse("400 Bad Request", [("Content-Type", "text/plain")]);
            return "an array of numbers, please\n";
        }
        startResponse("200 OK", [("Content-Type", "application/json")]);
        return JsonSerializer.SerializeToUtf8Bytes(new { sum = numbers?.Sum() ?? 0 }, JsonSerializerOptions.Web);
    }

    private sealed record SiteWithRoutes(RouteTable Routes);

    private static Task<string> FindAnswerAsync() => Task.FromException<string>(new TimeoutException());

    private static string ShowItems(Environ environ, StartResponse startResponse) => Say("items", startResponse);

    private static string ShowItem(Environ environ, StartResponse startResponse) =>
        Say($"{environ.ScriptName} {environ.Path} {environ.RouteValues["id"]}", startResponse);

    private static Task<Body> DeleteItemAsync(Environ environ, StartResponse startResponse) =>
        Task.FromResult<Body>(Say("deleted", startResponse));

    private static string Say(string text, StartResponse startResponse)
    {
        startResponse("200 OK", []);
        return text;
    }

    [Theory]
    [InlineData("GET", "/hello.py?name=you", 200, "^Hello, you$")]
    [InlineData("GET", "/ctime", 200, @"^\w{3} \w{3} \d+ \d\d:\d\d:\d\d \d{4}$")]
    [InlineData("GET", "/count", 200, "^1\n2\n3\n$")]
    [InlineData("GET", "/careful", 503, "^try again$")]
    [InlineData("GET", "/push", 200, "^first, then the rest$")]
    [InlineData("POST", "/echo", 200, "^sent$")]
    [InlineData("POST", "/sum.py", 400, "^an array of numbers, please\n$")]
    [InlineData("GET", "/hello/ann", 200, "^Hello, ann$")]
    [InlineData("GET", "/items", 200, "^items$")]
    [InlineData("GET", "/items/7", 200, "^/items /7 7$")]
    [InlineData("DELETE", "/items/7", 200, "^deleted$")]
    [InlineData("PUT", "/items/7", 405, "^method not allowed\n$")]
    [InlineData("POST", "/order", 415, "^Unsupported Media Type\n$")]
    [InlineData("GET", "/theme?theme=d%20k", 200, "^d%20k$")]
    [InlineData("GET", "/signin", 200,
        "^<p>Hello, stranger</p>\n<form method=\"post\">.* name=\"csrf_token\" value=\"[-_A-Za-z0-9]{43}\">")]
    [InlineData("GET", "/countdown", 200,
        "^:\n\nevent: count\nid: 3\ndata: 3 to go\n\nevent: count\nid: 2\ndata: 2 to go\n\nevent: count\nid: 1\ndata: 1 to go\n\n$")]
    [InlineData("GET", "/page", 200, "^<title>Tom &amp; Jerry</title>\n<main><p>cat, mouse</p></main>\n$")]
    public async Task Snippet_OfTheDocument_Answers(string method, string target, int status, string body)
    {
        using var folder = new CurrentFolder();
        Directory.CreateDirectory("templates");
        await File.WriteAllTextAsync("templates/index.html", Assert.Single(Blocks("html")) + "\n", TestContext.Current.CancellationToken);
        await using var server = new WireServer(routes =>
        {
            MapHello(new SiteWithRoutes(routes));
            MapSite(new SiteWithRoutes(routes));
            routes.Map("/count", CountAsync);
            routes.Map("/careful", CarefulAsync);
            routes.Map("/push", PushAsync);
            routes.Map("/sum.py", AddNumbersAsync);
            routes.Map("/page", ShowPage);
            routes.Map("/order", TakeOrderAsync);
            routes.Map("/theme", ChooseTheme);
            routes.Map("/countdown", CountDown);
            MapSignIn(new SiteWithRoutes(routes));
        });
        var response = WireResponse.ReadAll(
            await server.ExchangeAsync($"{method} {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nsent")).Single();
        Assert.Equal(status, response.Status);
        Assert.Matches(body, response.Body);
    }

    [Fact]
    public async Task Snippet_WithFiles_ServesTheFolder()
    {
        using var folder = new CurrentFolder();
        Directory.CreateDirectory("static");
        await File.WriteAllTextAsync("static/a.txt", "a file", TestContext.Current.CancellationToken);
        await using var server = new WireServer(routes => MapFiles(new SiteWithRoutes(routes)));
        Assert.Equal("a file", WireResponse.Parse(await server.ExchangeAsync("GET /static/a.txt HTTP/1.1\r\nHost: a\r\n\r\n")).Body);
    }

    [Fact]
    public async Task Snippet_OfForms_TakesTheOrder()
    {
        const string form = "item=tea&person=ann&person=bob";
        await using var server = new WireServer(routes => routes.Map("/order", TakeOrderAsync));
        string answer = await server.ExchangeAsync(
            $"POST /order HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + $"{form.Length}\r\n\r\n{form}");
        Assert.EndsWith("\r\n\r\ntea for ann and bob; picture: none", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snippet_OfATest_Passes()
    {
#pragma warning disable xUnit1051 // the token of the test run: the document's reader may have another framework
        // a free port
        await using var server = new HttpServer(new HttpServerOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)] });
        server.Routes.Map("/sum.py", AddNumbersAsync);
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server.EndPoints[0]}") };
        using var answer = await client.PostAsync("/sum.py", new StringContent("[1, 2, 3]"));
        Assert.Equal("""{"sum":6}""", await answer.Content.ReadAsStringAsync());
#pragma warning restore xUnit1051
    }

    [Fact]
    public async Task Snippet_OfATestWithoutSockets_Passes()
    {
#pragma warning disable xUnit1051 // the token of the test run: the document's reader may have another framework
        await using var server = new HttpServer(new HttpServerOptions { Hubs = 1 });
        server.Routes.Map("/sum.py", AddNumbersAsync);
        server.Hubs.Start();
        var client = MemoryConnection.Connect(server.Hubs.Hubs[0], server.ServeAsync);
        client.Send("GET /sum.py HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n"u8);
        string answer = Encoding.ASCII.GetString(await client.ReceiveToEndAsync());
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer);
#pragma warning restore xUnit1051
    }

    [Fact]
    public void Snippet_OfTheDocument_StandsInThisFile()
    {
        string here = Unindented(File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, "tests/Unit/Http/Apps/AppsDocumentTests.cs")));
        var snippets = Blocks("csharp").Where(static snippet => !IsModule(snippet)).ToList();
        Assert.True(snippets.Count >= 9);
        Assert.All(snippets, snippet => Assert.Contains(Unindented(snippet), here, StringComparison.Ordinal));
    }

    [Fact(Timeout = 2 * ServerProgram.Timeout)]
    public async Task Module_OfTheDocument_CountsInADatabase()
    {
        using var folder = new CurrentFolder();
        string module = Assert.Single(Blocks("csharp"), IsModule);
        Directory.CreateDirectory("web");
        await File.WriteAllTextAsync(module.Split('\n')[0]["// ".Length..], module, TestContext.Current.CancellationToken);
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--web", Path.GetFullPath("web"));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(_ => client.GetStringAsync("/visits.py?name=安'", TestContext.Current.CancellationToken)));
        Assert.Equal(["安': 1\n", "安': 2\n", "安': 3\n"], answers.Order(StringComparer.Ordinal));
        Assert.True(File.Exists("web/visits.db"));
    }

    // A whole script of the web folder, as its first line says.
    private static bool IsModule(string snippet) => snippet.StartsWith("// web/", StringComparison.Ordinal);

    private static IEnumerable<string> Blocks(string language) =>
        Block().Matches(File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, "docs/apps.md")))
            .Where(block => block.Groups["language"].Value == language)
            .Select(block => block.Groups["text"].Value);

    private static string Unindented(string text) => string.Join('\n', text.Split('\n').Select(static line => line.Trim()));

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
