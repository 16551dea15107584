using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

/// <summary>What a platform socket did not take at once: closing and stopping while it is on its way.</summary>
[Collection(Descriptors.Name)]
public sealed class PendingSendTests
{
    private long _sent;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_PieceIsOnItsWay_ArrivesBeforeTheFin(bool isHalfClosedFirst)
    {
        await using var server = await StartAsync(connection =>
        {
            FillUp(connection);
            if (isHalfClosedFirst)
                connection.ShutdownSend();
            connection.Close();
            return Task.CompletedTask;
        });
        var client = server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => Volatile.Read(ref _sent) > 0, "the server has sent");
        await server.Host.SettleAsync();
        Assert.Equal(1, server.Host.Hub.ConnectionCount); // a drain waits for it
        Assert.Equal(_sent, client.ReceiveToEnd().Length);
        await Until.TrueAsync(() => server.Host.Hub.ConnectionCount == 0, "it has ended");
    }

    [Fact]
    public async Task ShutdownSend_PieceIsOnItsWay_FinComesAfterIt()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                FillUp(connection);
                connection.ShutdownSend();
                await connection.WaitReadableAsync();
            }
        });
        var client = server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => Volatile.Read(ref _sent) > 0, "the server has sent");
        Assert.Equal(_sent, client.ReceiveToEnd().Length);
    }

    [Fact]
    public async Task Close_ClientNeverReads_EndsAfterAMinute()
    {
        var clock = new FakeClock();
        await using var server = await StartAsync(connection =>
        {
            FillUp(connection);
            connection.Close();
            return Task.CompletedTask;
        }, clock);
        server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => Volatile.Read(ref _sent) > 0, "the server has sent");
        clock.Advance(TimeSpan.FromSeconds(59));
        await server.Host.SettleAsync();
        Assert.Equal(1, server.Host.Hub.ConnectionCount);
        clock.Advance(TimeSpan.FromSeconds(2));
        await server.Host.SettleAsync();
        Assert.Equal(0, server.Host.Hub.ConnectionCount);
    }

    [Fact]
    public async Task Abort_PieceIsOnItsWay_ResetsAtOnce()
    {
        await using var server = await StartAsync(connection =>
        {
            FillUp(connection);
            connection.Abort();
            return Task.CompletedTask;
        });
        var client = server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => Volatile.Read(ref _sent) > 0, "the server has sent");
        await server.Host.SettleAsync();
        Assert.Equal(0, server.Host.Hub.ConnectionCount);
        Assert.Throws<SocketException>(() => client.ReceiveToEnd());
    }

    // Its end checks that the hub's table and the process's descriptors are as before.
    [Fact]
    public async Task Stop_PieceIsOnItsWay_NothingIsLeft()
    {
        await using var server = await StartAsync(connection =>
        {
            FillUp(connection);
            connection.Close();
            return Task.CompletedTask;
        });
        server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => Volatile.Read(ref _sent) > 0, "the server has sent");
        await server.Host.StopAsync();
        Assert.Equal(0, server.Host.Hub.ConnectionCount);
    }

    [Fact]
    public async Task Reset_PieceIsOnItsWay_BreaksTheConnection()
    {
        var outcome = new TaskCompletionSource<TransferStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                FillUp(connection);
                bool isWritable = await connection.WaitWritableAsync();
                outcome.SetResult(isWritable ? connection.Send("x"u8).Status : TransferStatus.Done);
            }
        });
        var client = server.Connect(receiveBuffer: 4096);
        await Until.TrueAsync(() => Volatile.Read(ref _sent) > 0, "the server has sent");
        client.Reset();
        Assert.Equal(TransferStatus.Broken, await outcome.Task.Soon());
    }

    private static Task<SocketServer> StartAsync(Func<Connection, Task> handle, TimeProvider? clock = null) =>
        SocketServer.StartAsync(handle, configure: static socket => socket.SendBufferSize = 4096, clock: clock,
            transport: TransportKind.Sockets);

    private void FillUp(Connection connection)
    {
        long sent = 0;
        while (connection.Send(new byte[32 * 1024]) is { Status: TransferStatus.Done } result)
            sent += result.Count;
        Volatile.Write(ref _sent, sent);
    }
}
