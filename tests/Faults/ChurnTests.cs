using System.Globalization;

namespace AsyncServer.Faults;

/// <summary>Fault 51: a connection for each request.</summary>
public sealed class ChurnTests
{
    // The full lane asks for the hundred thousand of the promise.
    private static readonly int Connections = int.Parse(Environment.GetEnvironmentVariable("CHURN_CONNECTIONS") ?? "10000",
        CultureInfo.InvariantCulture);

    [Fact(Timeout = 5 * FaultServer.Timeout)]
    public async Task Connections_OneForEachRequest_LeaveNoDescriptorAndNoMemory()
    {
        await using var server = await FaultServer.StartAsync();
        await ChurnAsync(server, Connections / 5);
        await FaultServer.UntilAsync(() => server.Facts.Connections == 0, "the first ones end");
        long before = server.Facts.ResidentBytes;
        await ChurnAsync(server, Connections * 4 / 5);
        Assert.InRange(server.Facts.ResidentBytes - before, long.MinValue, 32_000_000);
    }

    private static Task ChurnAsync(FaultServer server, int connections) => Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
    {
        for (int i = 0; i < connections / 8; i++)
        {
            using var socket = await server.ConnectAsync();
            await socket.SendTextAsync("GET /hello HTTP/1.0\r\n\r\n");
            Assert.EndsWith("hello", await socket.ReceiveTextToEndAsync(), StringComparison.Ordinal);
        }
    }));
}
