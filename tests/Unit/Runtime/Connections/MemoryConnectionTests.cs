using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

public sealed class MemoryConnectionTests
{
    private readonly TaskCompletionSource<string> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_PeerDoesNotRead_IsShortThenWaits()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(
            host.Hub,
            async connection =>
            {
                using (connection)
                {
                    Assert.Equal(TransferResult.Done(3), connection.Send("abc"u8));
                    Assert.Equal(TransferResult.Done(7), connection.Send("defgh"u8, "ijklmn"u8));
                    Assert.Equal(TransferResult.WouldBlock, connection.Send("x"u8));
                    Assert.Equal(TransferResult.WouldBlock, connection.Send("x"u8, "y"u8));
                    _outcome.SetResult("full");
                    Assert.True(await connection.WaitWritableAsync());
                    Assert.Equal(TransferResult.Done(4), connection.Send("klmn"u8));
                }
            },
            capacity: 10);
        await _outcome.Task.Soon();
        Assert.Equal("abcdefghij"u8.ToArray(), await peer.ReceiveAsync(10, Cancellation).Soon());
        Assert.Equal("klmn"u8.ToArray(), await peer.ReceiveToEndAsync(Cancellation).Soon());
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Peer_SendsThenFin_BothAreSeenAndTheAnswerArrives()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[10];
                Assert.True(await connection.WaitReadableAsync());
                Assert.Equal(TransferResult.Done(3), connection.Receive(buffer));
                Assert.True(await connection.WaitReadableAsync());
                Assert.Equal(TransferResult.EndOfStream, connection.Receive(buffer));
                Assert.False(connection.CancellationToken.IsCancellationRequested);
                connection.Send("answer"u8);
                connection.ShutdownSend();
                Assert.Equal(TransferResult.Broken, connection.Send("more"u8));
            }
        });
        peer.Send("abc"u8);
        peer.ShutdownSend();
        Assert.Equal("answer"u8.ToArray(), await peer.ReceiveToEndAsync(Cancellation).Soon());
        await Until.TrueAsync(() => peer.IsClosed, "closed");
        Assert.False(peer.WasReset);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Peer_Resets_WaitEndsAndTokenIsCancelled()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                var token = connection.CancellationToken;
                Assert.True(await connection.WaitReadableAsync());
                await Coroutine.Yield();
                _outcome.SetResult(
                    $"{connection.Receive(new byte[1]).Status} {connection.Send("x"u8).Status} {token.IsCancellationRequested}");
            }
        });
        await host.SettleAsync();
        peer.Reset();
        Assert.Equal("Broken Broken True", await _outcome.Task.Soon());
    }

    [Fact]
    public async Task Peer_ActsBeforeTheServerStarts_NothingIsLost()
    {
        await using var host = new TestHub(start: false);
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                Assert.True(await connection.WaitReadableAsync());
                Assert.Equal(TransferResult.Done(2), connection.Receive(new byte[10]));
                Assert.True(await connection.WaitReadableAsync());
                _outcome.SetResult(connection.Receive(new byte[10]).Status.ToString());
            }
        });
        peer.Send("hi"u8);
        peer.ShutdownSend();
        host.Hub.Start();
        Assert.Equal("EndOfStream", await _outcome.Task.Soon());
    }

    // Regression: it looked like the end of the stream.
    [Fact]
    public async Task Receive_EmptyBufferAtTheEnd_IsNotTheEnd()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                Assert.Equal(TransferResult.WouldBlock, connection.Receive([]));
                Assert.Equal(0, await connection.ReceiveAsync(Memory<byte>.Empty));
                Assert.Equal(TransferResult.Done(0), connection.Receive([]));
                Assert.Equal(TransferResult.EndOfStream, connection.Receive(new byte[1]));
            }
        });
        await host.SettleAsync();
        peer.ShutdownSend();
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task SendFile_PiecesAndTheEnd_AreASockets()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "0123456789", Cancellation);
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(
            host.Hub,
            async connection =>
            {
                using var file = File.OpenHandle(path);
                using (connection)
                {
                    Assert.Equal(TransferResult.Done(6), connection.SendFile(file, 0, 100));
                    Assert.Equal(TransferResult.WouldBlock, connection.SendFile(file, 6, 94));
                    Assert.True(await connection.WaitWritableAsync());
                    Assert.Equal(TransferResult.Done(4), connection.SendFile(file, 6, 94));
                    Assert.Equal(TransferResult.EndOfStream, connection.SendFile(file, 10, 90));
                }
            },
            capacity: 6);
        await host.SettleAsync(); // nobody reads before the peer is found full
        Assert.Equal("0123456789"u8.ToArray(), await peer.ReceiveToEndAsync(Cancellation).Soon());
        await host.SettleAsync();
        Assert.Empty(host.Failures);
        File.Delete(path);
    }

    [Fact]
    public async Task Close_Twice_CountsOnceAndEndsTheOthersWaits()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            var reader = Coroutine.Spawn(async () => Assert.False(await connection.WaitReadableAsync()));
            await Coroutine.Yield();
            connection.Close();
            connection.Dispose();
            connection.Abort();
            await reader;
            Assert.True(connection.CancellationToken.IsCancellationRequested);
            connection.SetDeadline(TimeSpan.FromSeconds(1)); // says nothing about the slot's next owner
        });
        await host.SettleAsync();
        Assert.True(peer.IsClosed);
        Assert.False(peer.WasReset);
        Assert.Equal(0, host.Hub.ConnectionCount);
        Assert.Empty(host.Failures);
    }
}
