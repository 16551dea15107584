using System.CommandLine;
using System.Text;
using AsyncServer.Load;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Load;

/// <summary>Exit codes, with servers that say what the test wants.</summary>
public sealed class RunCommandTests
{
    private const string Right = "HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Type: "
        + "text/plain\r\nContent-Length: 20\r\n\r\nHello, this is plain";

    [Fact]
    public async Task Run_RightAnswers_Passes()
    {
        await using var server = await AnsweringAsync(Right);

        var (exitCode, output) = await RunAsync("smoke", "--target", Address(server));

        Assert.Contains("smoke: 12800 right answers, 0 errors", output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("Content-Length: 20", "Content-Length: 19", "Content-Length 19 instead of 20")]
    [InlineData("Content-Length: 20", "Content-Length: 21", "Content-Length 21 instead of 20")]
    [InlineData("is plain", "is plane", "a wrong byte in the body")]
    [InlineData("200 OK", "500 Internal Server Error", "status 500 instead of 200")]
    public async Task Run_WrongBytes_Fails(string right, string wrong, string error)
    {
        await using var server = await AnsweringAsync(Right.Replace(right, wrong, StringComparison.Ordinal));

        var (exitCode, output) = await RunAsync("idle-and-active", "--target", Address(server), "--seconds", "0.3", "--rate", "20",
            "--connections", "10");

        Assert.Contains(error, output, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Run_NobodyListens_Fails()
    {
        var server = await AnsweringAsync(Right);
        string address = Address(server);
        await server.DisposeAsync();

        var (exitCode, output) = await RunAsync("plaintext", "--target", address, "--seconds", "0.1");

        Assert.Contains("Connection refused", output, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Run_NeedsItsOwnFilesAndHasATarget_SaysSoAndCouldNotRun()
    {
        var (exitCode, output) = await RunAsync("static-large", "--target", "http://127.0.0.1:1/");

        Assert.Contains("skipped: it needs files of its own below the document root: run it without --target and --server", output,
            StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public async Task Run_ServerCommandWithoutPort_CouldNotRun()
    {
        var (exitCode, output) = await RunAsync("plaintext", "--server", "true");

        Assert.Contains("COULD NOT RUN: \"true\" has no {port}", output, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }

    [Theory]
    [InlineData("--seconds 0", "--seconds: 0 is not above 0 and below 1000000")]
    [InlineData("--rate -1", "--rate: -1 is not above 0 and below 1000000")]
    [InlineData("--connections 1000000", "--connections: 1000000 is not above 0 and below 1000000")]
    [InlineData("--target ftp://localhost", "--target: ftp://localhost is not an http:// address")]
    [InlineData("--target http://localhost --server nginx{port}", "--target and --server exclude each other")]
    [InlineData("--seconds 1 --minutes 1", "--seconds and --minutes exclude each other")]
    public void Parse_BadOption_NamesIt(string options, string error) =>
        Assert.Contains(error, Parse(["smoke", .. options.Split(' ')]).Errors.Select(mistake => mistake.Message));

    [Fact]
    public void Parse_UnknownScenario_NamesThose()
    {
        string error = Assert.Single(Parse(["tsunami"]).Errors).Message;

        Assert.Contains("tsunami", error, StringComparison.Ordinal);
        Assert.Contains("idle-and-active", error, StringComparison.Ordinal);
    }

    private static ParseResult Parse(string[] arguments) => new RootCommand { RunCommand.Create() }.Parse(["run", .. arguments]);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        int exitCode = await Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }).Soon();
        return (exitCode, output.ToString());
    }

    private static string Address(SocketServer server) => $"http://127.0.0.1:{server.EndPoint.Port}/";

    /// <summary>A server that gives one answer to every request without a body.</summary>
    private static Task<SocketServer> AnsweringAsync(string response)
    {
        byte[] answer = Encoding.ASCII.GetBytes(response);
        return SocketServer.StartAsync(async connection =>
        {
            using (connection)
            {
                byte[] request = new byte[4096];
                try
                {
                    while (await connection.ReceiveAsync(request) > 0)
                        await connection.SendAsync(answer);
                }
                catch (IOException)
                {
                    // A client that got a wrong answer resets its connection.
                }
            }
        });
    }
}
