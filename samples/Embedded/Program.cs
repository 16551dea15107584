// A server inside of a program: dotnet run -c Release --project samples/Embedded -- 8888
using System.Globalization;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;

int port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8888;
await using var server = new HttpServer(new HttpServerOptions { Port = port });

// A plain function, an async one, and one that needs a method.
server.Routes.Map("/hello.py", (request, _) => Response.Text($"hello {request.Query["name"]}"));
server.Routes.Map("/slow.py", async (_, cancellation) =>
{
    await Coroutine.Sleep(TimeSpan.FromMilliseconds(100), cancellation); // holds this request alone
    return Response.Text("at last");
});
server.Routes.Map("POST", "/sum.py", async (request, cancellation) =>
{
    using var reader = new StreamReader(request.Body, Encoding.UTF8);
    string[] numbers = (await reader.ReadToEndAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    return Response.Json(new { sum = numbers.Sum(static number => long.Parse(number, CultureInfo.InvariantCulture)) });
});

// A response that is sent as it is made.
server.Routes.Map("/count.py", (_, cancellation) => Response.Stream(CountAsync(cancellation), "text/plain"));

// Until SIGTERM or SIGINT.
await server.RunAsync(started: () => Console.WriteLine($"listening on {server.EndPoints[0]}; Ctrl+C stops"));

static async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
    [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
{
    for (int i = 1; i <= 3; i++)
    {
        await Coroutine.Sleep(TimeSpan.FromMilliseconds(10), cancellation);
        yield return Encoding.UTF8.GetBytes($"{i}\n");
    }
}
