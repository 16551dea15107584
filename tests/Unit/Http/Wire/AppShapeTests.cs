using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>Every shape of app that the documentation shows compiles as a lambda and as a method, and answers.</summary>
public sealed class AppShapeTests
{
    private static Response Plain(Request request, CancellationToken cancellation) => Response.Text("plain");

    private static Task<Response> TaskShaped(Request request, CancellationToken cancellation) => Task.FromResult(Response.Text("task"));

    private static ValueTask<Response> ValueTaskShaped(Request request, CancellationToken cancellation) => new(Response.Text("value task"));

    private static async Task<Response> AsyncTask(Request request, CancellationToken cancellation)
    {
        await Task.Yield();
        return Response.Text("async task");
    }

    private static ValueTask Pushing(Request request, ResponseWriter response, CancellationToken cancellation) =>
        response.WriteTextAsync("pushing");

    [Fact]
    public async Task App_OfEveryShape_Answers()
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/hello.py", (request, _) => Response.Text($"hello {request.Query["name"]}"));
            routes.Map("/lambda/async", async (_, _) =>
            {
                await Task.Yield();
                return Response.Text("async lambda");
            });
            routes.Map("/lambda/task", (_, _) => Task.FromResult(Response.Text("task lambda")));
            routes.Map("/lambda/valuetask", (_, _) => ValueTask.FromResult(Response.Text("value task lambda")));
            routes.Map("/method/plain", Plain);
            routes.Map("/method/task", TaskShaped);
            routes.Map("/method/valuetask", ValueTaskShaped);
            routes.Map("/method/async", AsyncTask);
            routes.Map("GET", "/get", (_, _) => Response.Json(new { Answer = 42 }));
            routes.Map("GET", "/get/async", async (_, _) =>
            {
                await Task.Yield();
                return Response.Html("<p>");
            });
            routes.MapHandler("/push", Pushing);
            routes.MapHandler("/push/lambda", async (_, response, _) => await response.WriteTextAsync("push lambda"));
            routes.MapFallback(async (_, _) =>
            {
                await Task.Yield();
                return Response.Redirect("/hello.py", 308);
            });
        });
        string[] paths =
        [
            "/hello.py?name=you", "/lambda/async", "/lambda/task", "/lambda/valuetask", "/method/plain", "/method/task",
                "/method/valuetask",
            "/method/async", "/get", "/get/async", "/push", "/push/lambda", "/else",
        ];
        string text = await server.ExchangeAsync(string.Concat(paths.Select(path => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")));
        var responses = WireResponse.ReadAll(text);
        Assert.Equal(
            ["hello you", "async lambda", "task lambda", "value task lambda", "plain", "task", "value task", "async task",
                "{\"answer\":42}", "<p>", "pushing", "push lambda", ""],
            responses.Select(response => response.Body));
        Assert.Equal("/hello.py", responses[^1]["Location"]);
    }
}
