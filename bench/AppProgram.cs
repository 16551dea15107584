using AsyncServer.Http;

namespace AsyncServer.Bench;

/// <summary>The smallest program with a server in it, one delegate; this program, started once more, since its process is what is measured.</summary>
internal static class AppProgram
{
    public const string Verb = "serve";

    public const string Path = "/say_hello.py";

    /// <summary>How to start it; its answer has as many bytes as that of the module <c>web/say_hello.csx</c>.</summary>
    public static ServerCommand Command(params string[] options) =>
        new("delegate", "dotnet", [typeof(AppProgram).Assembly.Location, Verb, "{port}", .. options]);

    public static async Task<int> RunAsync(int port, int? hubs)
    {
        await using var server = new HttpServer(new HttpServerOptions { Port = port, Hubs = hubs ?? 0 });
        server.Routes.Map(Path, (_, _) => Response.Text("Hello, this is plain"));
        return await server.RunAsync();
    }
}
