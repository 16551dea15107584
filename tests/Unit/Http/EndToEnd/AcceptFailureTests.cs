using AsyncServer.Http;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>What nobody expects happens to the accept loop, such as the end of memory.</summary>
public sealed class AcceptFailureTests
{
    private const int AcceptPaused = 22;

    // Bug: the loop ended silently, and clients connected to a listener that nobody looked after.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Accept_MemoryRunsOut_ThatConnectionEndsAndLaterOnesAreServed(int maxConnections)
    {
        int failures = 5;
        await using var server = await SocketServer.StartAsync(limits: new HttpLimits { MaxConnections = maxConnections });
        server.Server.Parts.Connections.Accepted = () =>
        {
            if (failures-- > 0)
                throw new InsufficientMemoryException("no memory");
        };
        for (int i = 0; i < 5; i++)
        {
            using var lost = await server.ConnectAsync();
            Assert.Equal(0, await lost.ReceiveAsync(new byte[1], server.Cancellation));
        }
        for (int i = 0; i < 2; i++)
        {
            using var served = await server.ConnectAsync();
            await server.SendAsync(served, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            await server.ReceiveUntilAsync(served, "hello");
        }
        Assert.All(server.Log.Lines.Where(static line => line.Level >= LogLevel.Warning),
            static line => Assert.Equal(AcceptPaused, line.Id.Id));
        Assert.Contains("no memory", server.Log.Lines.First(static line => line.Id.Id == AcceptPaused).Text, StringComparison.Ordinal);
    }
}
