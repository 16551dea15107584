using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Workers;

/// <summary>
/// A folder with a compiled module that tells which process answers, takes its time, or takes its process down; for programs with workers.
/// </summary>
public sealed class WorkerSite : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-workers-");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(PathOf("html"));
        Directory.CreateDirectory(PathOf("web"));
        await File.WriteAllTextAsync(PathOf("web/probe.csx"), """
            async Task<Body> application(Environ environ, StartResponse startResponse)
            {
                switch ((string?)environ["QUERY_STRING"])
                {
                    case "fail":
                        System.Environment.FailFast("asked to");
                        break;
                    case "overflow":
                        Console.Write(Deeper(0));
                        break;
                    case "slow":
                        await Coroutine.Sleep(TimeSpan.FromSeconds(1));
                        break;
                    case "stuck":
                        await Coroutine.Sleep(TimeSpan.FromMinutes(5));
                        break;
                }
                startResponse("200 OK", [("Content-Type", "text/plain")]);
                return System.Environment.ProcessId.ToString();
            }

            static int Deeper(int depth) => Deeper(depth + 1) + Deeper(depth + 2);
            """);
        await using var compiler = ServerProgram.AsyncServer("compile", "--web", PathOf("web"));
        Assert.Equal(0, await compiler.ExitCodeAsync());
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);

    internal string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    internal Crew Start(int workers, params string[] arguments) =>
        new(ServerProgram.AsyncServer(["--bind", "127.0.0.1:0", "--workers", $"{workers}", "--root", PathOf("html"), "--web", PathOf("web"),
            .. arguments]));
}

[CollectionDefinition(Name)]
public sealed class WorkerCollection : ICollectionFixture<WorkerSite>
{
    internal const string Name = "workers";
}
