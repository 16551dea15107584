namespace AsyncServer.Unit.Program;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("99999", "PORT: '99999' is not a number from 0 to 65535.")]
    [InlineData("abc", "PORT: 'abc' is not a number from 0 to 65535.")]
    [InlineData("--bogus", "there is no option --bogus.")]
    [InlineData("--max-conections 5", "there is no option --max-conections. Did you mean --max-connections?")]
    [InlineData("--bind 8888",
        "--bind: '8888' is not ADDRESS:PORT, such as 127.0.0.1:8888, [::1]:8888, localhost:8888 or :8888, nor unix:PATH, fd:N or fd:NAME.")]
    [InlineData("--bind 127.0.0.1:0 8888", "PORT and --bind cannot both be given.")]
    [InlineData("--hubs -1", "--hubs: '-1' is not a number from 0 to 1024.")]
    [InlineData("--keep-alive-timeout soon", "--keep-alive-timeout: 'soon' is not a number from 0 to 2147483647.")]
    [InlineData("--log-level loud", "--log-level: 'loud' is not one of Trace, Debug, Information, Warning, Error, Critical, None.")]
    [InlineData("abc", "PORT: 'abc' is not a number from 0 to 65535. An app is MODULE:APP, such as mini_frame:application.")]
    [InlineData("1 2", "MODULE:APP: '2' is not MODULE:APP, such as mini_frame:application.")]
    [InlineData("a:b 1", "MODULE:APP: '1' is not MODULE:APP")]
    [InlineData("1 a:b 2", "Unrecognized command or argument '2'.")]
    [InlineData(":b", "MODULE:APP: ':b' is not MODULE:APP")]
    [InlineData("a:", "MODULE:APP: 'a:' is not MODULE:APP")]
    [InlineData("a:b() --hubs 1", "MODULE:APP: 'a:b()' is not MODULE:APP")]
    [InlineData("1 --ap", "there is no option --ap.")]
    public async Task CommandLine_Mistake_NamesItWithUsageAndFails(string arguments, string message)
    {
        await using var program = ServerProgram.AsyncServer(arguments.Split(' '));
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains($"asyncserver: {message}", program.Errors, StringComparison.Ordinal);
        Assert.Contains("usage: asyncserver [PORT] [MODULE:APP] [options]", program.Errors, StringComparison.Ordinal);
        Assert.Equal("", program.Output);
    }

    [Fact]
    public async Task Help_ListsEveryOptionOfTheReadme()
    {
        await using var program = ServerProgram.AsyncServer("--help");
        Assert.Equal(0, await program.ExitCodeAsync());
        string readme = await File.ReadAllTextAsync(Path.Combine(ServerProgram.RepositoryRoot, "README.md"),
            TestContext.Current.CancellationToken);
        var options = System.Text.RegularExpressions.Regex.Matches(readme, @"`(--[a-z-]+)").Select(static match => match.Groups[1].Value)
            .ToHashSet();
        Assert.Contains("--bind", options);
        Assert.All(options, option => Assert.Contains(option, program.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(":0", "listens on [::]:")]
    [InlineData("*:0", "listens on [::]:")]
    [InlineData("localhost:0", "listens on 127.0.0.1:")]
    public async Task Bind_AsOtherServersTakeIt_Listens(string address, string announced)
    {
        await using var program = ServerProgram.AsyncServer("--bind", address);
        int port = await program.PortAsync();
        Assert.Contains(announced, program.Output, StringComparison.Ordinal);
        using var client = new System.Net.Http.HttpClient();
        using var answer = await client.GetAsync($"http://127.0.0.1:{port}/", TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData(":")]
    [InlineData("*")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:65536")]
    [InlineData("*:-1")]
    [InlineData("example.com:80")]
    public async Task Bind_OfNoAddress_IsRefused(string address)
    {
        await using var program = ServerProgram.AsyncServer("--bind", address);
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains($"--bind: '{address}' is not ADDRESS:PORT", program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_EndsWithTheExitCodes()
    {
        await using var program = ServerProgram.AsyncServer("--help");
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches(
            @"Exit status:\n +0  stopped.*\n +1  could not start.*\n +2  a mistake.*\n +3  stopped, and some connections were cut off",
            program.Output);
    }

    [Theory]
    [InlineData("--listing=1", "true")]
    [InlineData("--listing=Yes", "true")]
    [InlineData("--listing=true", "true")]
    [InlineData("--listing", "true")]
    [InlineData("--listing=0", "false")]
    [InlineData("--listing=off", "false")]
    public async Task Switch_WithAValue_HasIt(string flag, string value)
    {
        await using var program = ServerProgram.AsyncServer([flag, "--print-config"],
            ("ASYNCSERVER_LISTING", value == "true" ? "no" : "yes"));
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches($@"listing +{value} +--listing\n", program.Output);
    }

    [Theory]
    [InlineData("--dev=8080", "--dev: '8080' is neither true nor false.")]
    [InlineData("--listing=", "--listing: '' is neither true nor false.")]
    [InlineData("--dev --dev=1", "--dev: it is given twice.")]
    public async Task Switch_WithWhatIsNoValue_IsRefused(string arguments, string message)
    {
        await using var program = ServerProgram.AsyncServer([.. arguments.Split(' '), "--check-config"]);
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains($"asyncserver: {message}", program.Errors, StringComparison.Ordinal);
    }

    // The switch took the port for its value.
    [Fact]
    public async Task Switch_BeforeThePort_LeavesThePort()
    {
        await using var program = ServerProgram.AsyncServer("--no-server-header", "7007", "--print-config");
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches(@"port +7007 +PORT\n", program.Output);
        Assert.Matches(@"noServerHeader +true +--no-server-header\n", program.Output);
    }

    [Fact]
    public async Task Version_PrintsANumber()
    {
        await using var program = ServerProgram.AsyncServer("--version");
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches(@"^\d+\.\d+\.\d+", program.Output);
    }

    [Fact]
    public async Task Root_DoesNotExist_NamesItAndFails()
    {
        await using var program = ServerProgram.AsyncServer("0", "--root", "/no/such/folder");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: The document root '/no/such/folder' does not exist or is not a directory.", program.Errors,
            StringComparison.Ordinal);
    }
}
