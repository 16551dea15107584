using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Models;

/// <summary>select(2) has room for 1,024 descriptors; more clients than that are the usual case, not the end.</summary>
public sealed class SelectLimitTests
{
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Select_MoreClientsThanItsSetHolds_SaysSoEndsIdleOnesAndServesOn()
    {
        await using var program = ModelServers.Start("--model select");
        var clients = new List<ModelClient>();
        try
        {
            for (int i = 0; i < 1100; i++)
            {
                clients.Add(await ModelClient.ConnectAsync(program));
                // beyond its room it waits until idle ones have ended
                Assert.Equal("Hello, this is plain", await clients[i].GetAsync("/say_hello.py"));
            }
            Assert.Contains("descriptors run short, and this poller has no room for those from 1024 on", program.Output,
                StringComparison.Ordinal);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
        using var later = await ModelClient.ConnectAsync(program);
        Assert.Equal("Hello, this is plain", await later.GetAsync("/say_hello.py"));
        program.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }
}
