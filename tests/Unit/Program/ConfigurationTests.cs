namespace AsyncServer.Unit.Program;

public sealed class ConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task PrintConfig_SeveralSources_ShowsValueAndOrigin()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "site"));
        string file = Write("""
            {
              // comments and trailing commas are fine
              "root": "site",
              "hubs": 1,
              "keepAliveTimeout": 3,
              "bind": ["127.0.0.1:0", "[::1]:0"],
            }
            """);
        await using var program = ServerProgram.AsyncServer(["--config", file, "--hubs", "2", "--print-config"],
            ("ASYNCSERVER_KEEP_ALIVE_TIMEOUT", "4"), ("ASYNCSERVER_HUBS", "5"));
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches(@"hubs +2 +--hubs\n", program.Output);
        Assert.Matches(@"keepAliveTimeout +4 +ASYNCSERVER_KEEP_ALIVE_TIMEOUT\n", program.Output);
        Assert.Matches($@"bind +127\.0\.0\.1:0, \[::1\]:0 +{file}:6: bind\n", program.Output);
        Assert.Matches(@"sendTimeout +30 +default\n", program.Output);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task File_NamesRoot_RelativePathsStartAtTheFile()
    {
        var site = Directory.CreateDirectory(Path.Combine(_folder.FullName, "site"));
        string file = Write("""{ "root": "site", "bind": ["127.0.0.1:0"] }""");
        await using var program = ServerProgram.AsyncServer("--config", file);
        await program.PortAsync();
        program.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        await program.ExitCodeAsync();
        Assert.Contains($"Files from {site.FullName};", program.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("{\n \"hubs\": \"many\" }", ":2: hubs: 'many' is not a number from 0 to 1024.")]
    [InlineData("{\n\n \"keep_alive_timeout\": 1 }", ":3: keep_alive_timeout: there is no such setting. Did you mean keepAliveTimeout?")]
    [InlineData("{ \"hubs\": 1,\n \"hubs\": 2 }", ":2: hubs: it is set twice.")]
    [InlineData("{ \"bind\": [[\"127.0.0.1:1\"]] }", ":1: bind: it is an array of texts.")]
    [InlineData("{ \"root\": { \"a\": 1 } }", ":1: root: it is one value.")]
    [InlineData("{ \"hubs\": null }", ":1: hubs: it is one value.")]
    [InlineData("{ \"port\": 1,\n \"bind\": [\"127.0.0.1:1\"] }", "cannot both be given.")]
    [InlineData("{ \"hubs\"\n 1 }", ":2: this is not JSON")]
    [InlineData("[1]", ":1: a configuration is one JSON object of settings.")]
    [InlineData("", ":1: this is not JSON")]
    public async Task File_Mistake_NamesFileLineAndKey(string text, string message)
    {
        string file = Write(text);
        await using var program = ServerProgram.AsyncServer("--config", file, "--check-config");
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains(file, program.Errors, StringComparison.Ordinal);
        Assert.Contains(message, program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task File_Missing_IsNamed()
    {
        await using var program = ServerProgram.AsyncServer("--config", "/no/such/file.json");
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains("/no/such/file.json", program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Environment_UnknownVariable_IsNamed()
    {
        await using var program = ServerProgram.AsyncServer(["--check-config"], ("ASYNCSERVER_HUPS", "1"));
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: ASYNCSERVER_HUPS: there is no such setting.", program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Environment_OfAKubernetesService_IsNoSetting()
    {
        await using var program = ServerProgram.AsyncServer(
            ["--check-config"], ("ASYNCSERVER_PORT", "tcp://10.0.0.1:80"), ("ASYNCSERVER_SERVICE_HOST", "10.0.0.1"),
                ("ASYNCSERVER_PORT_80_TCP_PORT", "80"));
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Port_OnTheCommandLine_ReplacesBindOfTheFile()
    {
        string file = Write("""{ "bind": ["127.0.0.1:1"] }""");
        await using var program = ServerProgram.AsyncServer("0", "--config", file);
        Assert.NotEqual(1, await program.PortAsync());
    }

    private string Write(string text)
    {
        string file = Path.Combine(_folder.FullName, "test.json");
        File.WriteAllText(file, text);
        return file;
    }
}
