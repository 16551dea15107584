namespace AsyncServer.Unit.Program;

/// <summary>
/// The real program with modules that load <c>mini_frame</c> and <c>my_web_framework</c> and hand them their paths, for the tests of a
/// class together.
/// </summary>
public sealed class SampleApplications : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-samples-").FullName;
    private ServerProgram _program = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        string samples = Path.Combine(ServerProgram.RepositoryRoot, "web");
        foreach (string name in (string[])["index", "center", "login", "other"])
            await File.WriteAllTextAsync(Path.Combine(_folder, name + ".csx"), $"#load \"{samples}/mini_frame.csx\"");
        await File.WriteAllTextAsync(Path.Combine(_folder, "framework.csx"), $$"""
            #load "{{samples}}/my_web_framework.csx"
            ValueTask<Body> application(Environ environ, StartResponse startResponse)
            {
                environ["PATH_INFO"] = environ.Query["path"].ToString();
                return app.InvokeAsync(environ, startResponse);
            }
            """);
        await using (var compile = ServerProgram.AsyncServer("compile", "--web", _folder))
            Assert.Equal(0, await compile.ExitCodeAsync(TimeSpan.FromMinutes(1)));
        _program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--web", _folder);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await _program.PortAsync()}") };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
