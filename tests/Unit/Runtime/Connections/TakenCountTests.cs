using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

[Collection(Descriptors.Name)]
public sealed class TakenCountTests() : TakenCountContract(TransportKind.Epoll);

[Collection(Descriptors.Name)]
public sealed class ManagedTakenCountTests() : TakenCountContract(TransportKind.Sockets);

/// <summary>What a connection knows of how much its peer took, asked of its system.</summary>
public abstract class TakenCountContract(TransportKind transport)
{
    [Fact]
    public async Task TakenCount_ClientReadsLater_FollowsIt()
    {
        Connection? served = null;
        var end = new TaskCompletionSource();
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            using (served = connection)
            {
                while (connection.Send(new byte[64 * 1024]).Status == TransferStatus.Done)
                    continue;
                await end.Task;
            }
        }, transport: transport);
        using var client = server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => served is { SentCount: > 0 }, "the server has sent");
        long sent = 0, taken = 0;
        await server.Host.RunAsync(() => (sent, taken) = (served!.SentCount, served.TakenCount));
        Assert.InRange(taken, 0, sent - 1);
        for (long left = sent; left > 0;)
            left -= client.Receive(new byte[64 * 1024]);
        while (taken < sent)
            await server.Host.RunAsync(() => taken = served!.TakenCount);
        Assert.Equal(sent, taken);
        end.SetResult();
    }

    /// <summary>It was megabytes: closing a thousand such connections kept the hubs from all others for 20 ms at a time.</summary>
    [Fact]
    public async Task Send_ClientDoesNotRead_LittleWaitsInTheSystem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs TCP_NOTSENT_LOWAT");
        var waiting = new TaskCompletionSource<long>();
        var end = new TaskCompletionSource();
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            using (connection)
            {
                do
                {
                    while (connection.Send(new byte[16 * 1024]).Status == TransferStatus.Done)
                        continue;
                }
                while (connection.TakenCount == 0); // so that the client's buffer is full
                waiting.SetResult(connection.SentCount - connection.TakenCount);
                await end.Task;
            }
        }, transport: transport);
        using var client = server.Connect(receiveBuffer: 4096);
        Assert.InRange(await waiting.Task, 1, 256 * 1024);
        end.SetResult();
    }
}
