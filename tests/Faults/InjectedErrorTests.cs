namespace AsyncServer.Faults;

/// <summary>Fault 3: the system call itself fails, by strace.</summary>
public sealed class InjectedErrorTests
{
    [Theory(Timeout = FaultServer.Timeout)]
    [InlineData("accept4", "ECONNABORTED")]
    [InlineData("accept4", "EINTR")]
    [InlineData("accept4", "ENOBUFS")]
    [InlineData("epoll_wait", "EINTR")]
    public async Task SystemCall_FailsEveryThirdTime_EveryClientIsServed(string call, string error)
    {
        await Possible.OrSkipAsync("strace", "strace", "-f", "-o", "/dev/null", "true");
        await using var server = await FaultServer.StartAsync(
            ["strace", "-D", "-f", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when=1+3"], []);
        for (int i = 0; i < 20; i++)
            Assert.Equal("hello", await server.GetAsync("/hello"));
    }
}
