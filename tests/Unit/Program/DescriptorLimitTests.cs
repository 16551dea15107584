using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Unit.Program;

public sealed class DescriptorLimitTests
{
    private const int Clients = 50;
    private static readonly byte[] Request = "GET /say_hello.py HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Without a reserve the accepts took the last descriptor, an assembly that the first request needs could not be loaded, and the
    // runtime remembered that for good: every later request failed.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Descriptors_FewerThanClients_EvictsIdleOnesAndAnswersEveryRequest()
    {
        await using var program = ServerProgram.LaunchedBy(["sh", "-c", "ulimit -n 160; exec \"$@\"", "sh"], "--bind", "127.0.0.1:0");
        int port = await program.PortAsync();
        var clients = new List<TcpClient>();
        for (int i = 0; i < Clients; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            await client.GetStream().WriteAsync(Request, Cancellation);
            clients.Add(client);
        }
        foreach (var client in clients)
            Assert.True(await IsAnsweredAsync(client));
        clients.ForEach(static client => client.Dispose());

        using var late = new TcpClient();
        await late.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await late.GetStream().WriteAsync(Request, Cancellation);
        Assert.True(await IsAnsweredAsync(late));
        Assert.DoesNotContain(" fail: ", program.Output, StringComparison.Ordinal);
        Assert.Contains("Too many open files", program.Output, StringComparison.Ordinal);
    }

    private static async Task<bool> IsAnsweredAsync(TcpClient client)
    {
        byte[] answer = new byte[1024];
        int count = await client.GetStream().ReadAsync(answer, Cancellation);
        return Encoding.ASCII.GetString(answer, 0, count).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
    }
}
