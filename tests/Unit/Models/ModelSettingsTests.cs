using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Models;

public sealed class ModelSettingsTests
{
    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("--model hamsters",
        "--model: 'hamsters' is not one of Coroutine, Epoll, Poll, Select, Sweep, Threads, Sequential, Processes.")]
    [InlineData("--model epoll --hubs 4", "--hubs: the model epoll has one hub, not 4; more hubs are the model coroutine's.")]
    [InlineData("--model poll --epoll-trigger level", "--epoll-trigger: the model poll does not use epoll.")]
    [InlineData("--thread-stack-size 1000000", "--thread-stack-size: the model coroutine has no thread for each connection.")]
    [InlineData("--model threads --thread-stack-size 1000", "--thread-stack-size: '1000' is not a number from 131072 to 1073741824.")]
    public async Task CommandLine_MakesNoSense_NamesTheFlag(string arguments, string message)
    {
        await using var program = ServerProgram.AsyncServer(arguments.Split(' '));
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains($"asyncserver: {message}", program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Environment_NamesTheVariable()
    {
        await using var program = ServerProgram.AsyncServer(["--model", "sweep"], ("ASYNCSERVER_HUBS", "2"));
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains("ASYNCSERVER_HUBS: the model sweep has one hub, not 2", program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task PrintConfig_ShowsTheModel()
    {
        await using var program = ServerProgram.AsyncServer("--model", "threads", "--print-config");
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Matches(@"model +threads +--model\n", program.Output);
        Assert.Matches(@"threadStackSize +524288 +default\n", program.Output);
    }

    [Fact]
    public void Options_MakeNoSense_SaySo()
    {
        Assert.Throws<ArgumentException>(static () => new HttpServerOptions { Model = ServerModel.Epoll, Hubs = 2 }.Check());
        Assert.Throws<ArgumentException>(static () =>
            new HttpServerOptions { Model = ServerModel.Poll, EpollTrigger = EpollTrigger.Level }.Check());
        new HttpServerOptions { Model = ServerModel.Threads, Hubs = 1 }.Check();
    }
}
