using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Models;

/// <summary>Deadlines and the drain of the program under every model.</summary>
public sealed class ModelStoppingTests
{
    public static TheoryData<string> Models => ModelCommandLines.All;

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task ReceiveTimeout_HalfAHead_IsAnsweredWith408_AndTerminateEndsAnIdleConnection(string model)
    {
        await using var program = ModelServers.Start(model, "--receive-timeout", "0.5");
        using (var slow = await ModelClient.ConnectAsync(program))
        {
            await slow.SendAsync("GET / HT");
            Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", (await slow.ReceiveAsync()).Head, StringComparison.Ordinal);
            await slow.AssertEndAsync();
        }
        using var idle = await ModelClient.ConnectAsync(program);
        Assert.Equal("Hello, this is plain", await idle.GetAsync("/say_hello.py"));
        program.Signal(PosixSignal.SIGTERM);
        await idle.AssertEndAsync();
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task Terminate_RequestInFlight_IsAnsweredAndTheExitCodeIsZero(string model)
    {
        await using var program = ModelServers.Start(model);
        using var client = await ModelClient.ConnectAsync(program);
        await client.SendAsync("POST /echo.py HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n", (await client.ReceiveAsync()).Head, StringComparison.Ordinal);
        program.Signal(PosixSignal.SIGTERM);
        await program.WaitForOutputAsync("Stopping");
        await client.SendAsync("body");
        var (_, body) = await client.ReceiveAsync();
        Assert.Equal("body"u8, body);
        await client.AssertEndAsync();
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [MemberData(nameof(Models))]
    public async Task Terminate_TimeIsOver_TheRequestIsCutOffAndTheExitCodeSaysSo(string model)
    {
        await using var program = ModelServers.Start(model, "--shutdown-timeout", "0.1");
        using var client = await ModelClient.ConnectAsync(program);
        await client.SendAsync("POST /echo.py HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n", (await client.ReceiveAsync()).Head, StringComparison.Ordinal);
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(3, await program.ExitCodeAsync());
        Assert.Matches("POST /echo.py from 127.0.0.1:[0-9]+ was cut off by the stop", program.Output);
    }
}
