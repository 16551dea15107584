using System.Net.Sockets;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

/// <summary>
/// What a connection leaves to its transport: whether the system holds more, whether the transport does, and what it still has to send.
/// </summary>
[Collection(Descriptors.Name)]
public sealed class DecoratedConnectionTests
{
    private readonly StringBuilder _received = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Regression: a short receive counted as the end of what the system held, and the bytes behind it were never announced.
    [Fact]
    public async Task Receive_ShortWhileTheSystemHoldsMore_LosesNoWakeUp()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            connection.Stack(new MeteredTransport(connection.Transport));
            await ReadAsync(connection);
        });
        peer.Send("abcdefg"u8);
        await host.SettleAsync();
        Assert.Equal("ab|cd|ef|g|", _received.ToString());
        peer.Send("hi"u8);
        peer.ShutdownSend();
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("ab|cd|ef|g|hi|", _received.ToString());
    }

    [Fact]
    public async Task ReceiveAsync_ShortWhileTheSystemHoldsMore_LosesNoWakeUp()
    {
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            connection.Stack(new MeteredTransport(connection.Transport));
            using (connection)
            {
                byte[] buffer = new byte[100];
                for (int count; (count = await connection.ReceiveAsync(buffer)) > 0;)
                    await connection.SendAsync(buffer.AsMemory(0, count));
            }
        });
        var client = server.Connect();
        client.Send("abcdefg"u8);
        Assert.Equal("abcdefg"u8.ToArray(), client.ReceiveExactly(7));
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(client.ReceiveToEnd());
    }

    [Fact]
    public async Task WaitReadable_RecordsWereReadAhead_EndsForEachOfThem()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            connection.Stack(new RecordTransport(connection.Transport));
            await ReadAsync(connection);
        });
        peer.Send([.. RecordTransport.Encode("one"u8), .. RecordTransport.Encode("two"u8), 5, (byte)'t']);
        await host.SettleAsync();
        Assert.Equal("one|two|", _received.ToString());
        peer.Send("hree"u8);
        await host.SettleAsync();
        Assert.Equal("one|two|three|", _received.ToString());
        peer.ShutdownSend();
        await peer.ReceiveToEndAsync(Cancellation).Soon();
    }

    [Fact]
    public async Task WaitReadable_HalfARecord_Waits()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            connection.Stack(new RecordTransport(connection.Transport));
            using (connection)
            {
                Assert.True(await connection.WaitReadableAsync());
                Assert.Equal(TransferResult.WouldBlock, connection.Receive(new byte[10]));
                var whole = connection.WaitReadableAsync();
                Assert.False(whole.IsCompleted);
                Assert.True(await whole);
                Assert.Equal(TransferResult.Done(2), connection.Receive(new byte[10]));
            }
        });
        peer.Send([2, 1]);
        await host.SettleAsync();
        peer.Send([2]);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task ReceiveAsync_EmptyBufferWhileHalfARecordIsThere_WaitsForTheRest()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            connection.Stack(new RecordTransport(connection.Transport));
            using (connection)
            {
                Assert.Equal(0, await connection.ReceiveAsync(Memory<byte>.Empty));
                _received.Append("readable");
                Assert.Equal(2, await connection.ReceiveAsync(new byte[10]));
            }
        });
        peer.Send([2, 1]);
        await host.SettleAsync();
        Assert.Equal("", _received.ToString());
        peer.Send([2]);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("readable", _received.ToString());
    }

    [Theory]
    [InlineData(EpollTrigger.Edge)]
    [InlineData(EpollTrigger.Level)]
    public async Task Send_TransportHoldsTheRest_LeavesWhenThereIsRoomThoughNobodyWaitsToSend(EpollTrigger trigger)
    {
        var sent = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await SocketServer.StartAsync(
            async connection =>
            {
                connection.Stack(new RecordTransport(connection.Transport));
                using (connection)
                {
                    byte[] payload = new byte[byte.MaxValue];
                    int records = 0;
                    while (connection.Send(payload).Status == TransferStatus.Done)
                        records++;
                    sent.SetResult(records);
                    await connection.ReceiveAsync(new byte[1]);
                }
            },
            configure: static socket => socket.SendBufferSize = 4096,
            poller: () => new EpollPoller(trigger));
        var client = server.Connect(receiveBuffer: 4096);
        int records = await sent.Task.Soon();
        client.ReceiveExactly(records * (1 + byte.MaxValue));
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(client.ReceiveToEnd());
        Assert.Empty(server.Host.Failures);
    }

    private async Task ReadAsync(Connection connection)
    {
        using (connection)
        {
            byte[] buffer = new byte[100];
            while (await connection.WaitReadableAsync())
            {
                var result = connection.Receive(buffer);
                if (result.Status is TransferStatus.EndOfStream or TransferStatus.Broken)
                    return;
                if (result.Count > 0)
                    _received.Append(Encoding.ASCII.GetString(buffer, 0, result.Count)).Append('|');
            }
        }
    }

    /// <summary>Receives two bytes at a time, whatever it is asked for.</summary>
    private sealed class MeteredTransport(Transport inner) : TransportDecorator(inner)
    {
        internal override TransferResult Receive(Span<byte> buffer) => base.Receive(buffer[..Math.Min(buffer.Length, 2)]);
    }
}
