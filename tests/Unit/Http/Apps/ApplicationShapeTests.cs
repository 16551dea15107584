using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

/// <summary>Every shape of application compiles as a lambda and as a method, and answers.</summary>
public sealed class ApplicationShapeTests
{
    private static readonly (string, string)[] Plain = [("Content-Type", "text/plain")];

    private static Body ReturnsBody(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", Plain);
        return "body";
    }

    private static string ReturnsText(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", Plain);
        return "text";
    }

    private static async Task<string> ReturnsTextLater(Environ environ, StartResponse startResponse)
    {
        await Task.Yield();
        startResponse("200 OK", Plain);
        return "text later";
    }

    private static async Task<Body> ReturnsBodyLater(Environ environ, StartResponse startResponse)
    {
        await Task.Yield();
        startResponse("200 OK", Plain);
        return "body later";
    }

    private static async ValueTask<Body> Application(Environ environ, StartResponse startResponse)
    {
        await Task.Yield();
        startResponse("200 OK", Plain);
        return "application";
    }

    private static IEnumerable<string> Iterates(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", Plain);
        yield return "iter";
        yield return "ates";
    }

    private static async IAsyncEnumerable<byte[]> IteratesLater(Environ environ, StartResponse startResponse)
    {
        await Task.Yield();
        startResponse("200 OK", Plain);
        yield return "iterates later"u8.ToArray();
    }

    private static string[] ReturnsList(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", Plain);
        return ["li", "st"];
    }

    private static object ReturnsObject(Environ environ, StartResponse startResponse)
    {
        startResponse("200 OK", Plain);
        return "object"u8.ToArray();
    }

    private static int ReturnsNumber(Environ environ, StartResponse startResponse) => 1;

    [Fact]
    public async Task Application_OfEveryShape_Answers()
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/1", ReturnsBody);
            routes.Map("/2", ReturnsText);
            routes.Map("/3", ReturnsTextLater);
            routes.Map("/4", ReturnsBodyLater);
            routes.Map("/5", Application);
            routes.Map("/6", Iterates);
            routes.Map("/7", IteratesLater);
            routes.Map("/8", ReturnsList);
            routes.Map("/9", ReturnsObject);
            routes.Map("/10", (environ, startResponse) =>
            {
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                return "lambda";
            });
            routes.Map("GET", "/11", async (environ, startResponse) =>
            {
                await Task.Yield();
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                return "async lambda";
            });
            routes.Map("/12", (environ, startResponse) =>
            {
                startResponse("200 OK", []);
                return new List<byte[]> { "lambda with a list"u8.ToArray() };
            });
            routes.Map("GET", "/13", Applications.From((Delegate)ReturnsTextLater));
            routes.MapFallback(ReturnsText);
        });
        string text = await server.ExchangeAsync(
            string.Concat(Enumerable.Range(1, 14).Select(number => $"GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(
            ["body", "text", "text later", "body later", "application", "iterates", "iterates later", "list", "object", "lambda",
                "async lambda", "lambda with a list", "text later", "text"],
            WireResponse.ReadAll(text).Select(response => response.Body));
    }

    [Fact]
    public void Function_ThatReturnsNoBody_IsRefusedWhenItIsMapped()
    {
        var routes = new HttpServer(new HttpServerOptions()).Routes;
        Assert.Contains("System.Int32", Assert.Throws<ArgumentException>(() => routes.Map("/x", ReturnsNumber)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Applications.From((Delegate)ReturnsNumber));
        var failure = Assert.Throws<ArgumentException>(() => Applications.From((Func<string, string>)(text => text)));
        Assert.Contains("takes (Environ, StartResponse)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Object_ThatIsNoBody_Is500AndTheLogNamesItsType()
    {
        await using var server = new WireServer(routes => routes.Map("/x", object (environ, startResponse) =>
        {
            startResponse("200 OK", Plain);
            return 42;
        }));
        Assert.Equal(500, WireResponse.Parse(await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Contains(server.Log.Lines, line => line.Exception?.Message.Contains("System.Int32", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Middleware_WrapsAnApplication()
    {
        Application inner = (environ, startResponse) =>
        {
            startResponse("200 OK", Plain);
            return new ValueTask<Body>((string)environ["my.user"]!);
        };
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            environ["my.user"] = "ann";
            return inner(environ, (status, headers, excInfo) => startResponse(status, [.. headers, ("X-Wrapped", "yes")], excInfo));
        }));
        var response = WireResponse.Parse(await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal("ann", response.Body);
        Assert.Equal("yes", response["X-Wrapped"]);
    }
}
