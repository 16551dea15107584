using System.Globalization;
using AsyncServer.Http;

namespace AsyncServer.Bench;

/// <summary>
/// The smallest program with a server in it, one delegate; this program, started once more, since its process is what is measured.
/// </summary>
internal static class AppProgram
{
    public const string Verb = "serve";

    public const string Path = "/say_hello.py";

    /// <summary>Answers what it gets.</summary>
    public const string EchoPath = "/echo";

    /// <summary>
    /// Answers how many bytes the process has allocated so far, all threads: asked before and after a round, never in it.
    /// </summary>
    public const string AllocatedPath = "/allocated.py";

    /// <summary>How to start it; its answer has as many bytes as that of the module <c>web/say_hello.csx</c>.</summary>
    public static ServerCommand Command(params string[] options) =>
        new("delegate", "dotnet", [typeof(AppProgram).Assembly.Location, Verb, "{port}", .. options]) { CountsAllocations = true };

    public static async Task<int> RunAsync(int port, int? hubs)
    {
        await using var server = new HttpServer(new HttpServerOptions { Port = port, Hubs = hubs ?? 0 });
        server.Routes.Map(Path, (_, _) => Response.Text("Hello, this is plain"));
        server.Routes.Map(EchoPath, EchoAsync);
        server.Routes.Map(AllocatedPath, (_, _) =>
            Response.Text(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)));
        return await server.RunAsync();
    }

    private static async ValueTask<Response> EchoAsync(Request request, CancellationToken cancellation)
    {
        byte[] body = new byte[(int)request.ContentLength.GetValueOrDefault()];
        await request.Body.ReadExactlyAsync(body, cancellation);
        return Response.Bytes(body);
    }
}
