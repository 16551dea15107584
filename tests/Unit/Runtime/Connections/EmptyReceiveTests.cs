using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

[Collection(Descriptors.Name)]
public sealed class EmptyReceiveTests() : EmptyReceiveContract(TransportKind.Epoll);

[Collection(Descriptors.Name)]
public sealed class ManagedEmptyReceiveTests() : EmptyReceiveContract(TransportKind.Sockets);

/// <summary>A receive of no bytes waits until there is something, and holds no buffer meanwhile.</summary>
public abstract class EmptyReceiveContract(TransportKind transport)
{
    private readonly TaskCompletionSource<string> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Regression: a receive that just filled its buffer left the connection readable, and the wait ended with nothing there.
    [Fact]
    public async Task Receive_AfterOneThatTookEverything_WaitsForMore()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[2];
                Assert.Equal(2, await connection.ReceiveAsync(buffer));
                var more = connection.ReceiveAsync(Memory<byte>.Empty);
                Assert.False(more.IsCompleted);
                connection.Send("!"u8);
                Assert.Equal(0, await more);
                Assert.Equal(TransferResult.Done(1), connection.Receive(buffer));
            }
        });
        var client = server.Connect();
        client.Send("ab"u8);
        client.ReceiveExactly(1);
        client.Send("c"u8);
        Assert.Empty(client.ReceiveToEnd());
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Receive_AtTheEnd_ReturnsAndIsNotTheEndItself()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                Assert.Equal(0, await connection.ReceiveAsync(Memory<byte>.Empty));
                Assert.Equal(0, await connection.ReceiveAsync(Memory<byte>.Empty));
                Assert.Equal(TransferResult.Done(0), connection.Receive([]));
                Assert.Equal(TransferResult.EndOfStream, connection.Receive(new byte[1]));
                Assert.Equal(TransferResult.Done(0), connection.Receive([]));
            }
        });
        var client = server.Connect();
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(client.ReceiveToEnd());
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Receive_Reset_ThrowsEachTime()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                var first = await FailureAsync(connection);
                var second = await FailureAsync(connection);
                Assert.Equal(TransferResult.Broken, connection.Receive([]));
                Assert.Equal(first.Message, second.Message);
                _outcome.SetResult(first.Message);
            }
        });
        var client = server.Connect();
        await server.Host.SettleAsync();
        client.Reset();
        Assert.EndsWith("was reset by the peer.", await _outcome.Task.Soon());
    }

    [Fact]
    public async Task Receive_Closed_Throws()
    {
        await using var server = await StartAsync(async connection =>
        {
            var waiting = connection.ReceiveAsync(Memory<byte>.Empty);
            connection.Close();
            await Assert.ThrowsAsync<IOException>(async () => await waiting);
            await FailureAsync(connection);
            _outcome.SetResult("");
        });
        server.Connect();
        await _outcome.Task.Soon();
    }

    [Fact]
    public async Task Receive_DeadlinePasses_ThrowsAroundATimeout()
    {
        var clock = new FakeClock();
        await using var server = await StartAsync(
            async connection =>
            {
                using (connection)
                {
                    connection.SetDeadline(TimeSpan.FromSeconds(1));
                    connection.Send("!"u8);
                    var thrown = await FailureAsync(connection);
                    _outcome.SetResult(thrown.InnerException!.GetType().Name);
                }
            },
            clock);
        server.Connect().ReceiveExactly(1);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(nameof(TimeoutException), await _outcome.Task.Soon());
    }

    [Fact]
    public async Task Receive_WhileTheHubDrains_GoesOnWaiting()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                var waiting = connection.ReceiveAsync(Memory<byte>.Empty);
                connection.Send("!"u8);
                await waiting;
                connection.Send([(byte)(connection.IsDraining ? 'y' : 'n'), (byte)('0' + connection.Receive(new byte[9]).Count)]);
            }
        });
        server.LeavesConnections = true;
        var client = server.Connect();
        client.ReceiveExactly(1);
        server.Host.Hub.Drain();
        await server.Host.SettleAsync();
        client.Send("abc"u8);
        Assert.Equal("y3"u8.ToArray(), client.ReceiveToEnd());
    }

    [Fact]
    public async Task ReadAsync_OfAStreamOnAnotherThread_WaitsUntilThereIsSomething()
    {
        Stream? stream = null;
        await using var server = await StartAsync(async connection =>
        {
            stream = connection.AsStream();
            connection.Send("!"u8);
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
        });
        server.LeavesConnections = true;
        var client = server.Connect();
        client.ReceiveExactly(1);
        var waiting = stream!.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken).AsTask();
        await server.Host.SettleAsync();
        Assert.False(waiting.IsCompleted);
        client.Send("ab"u8);
        Assert.Equal(0, await waiting.Soon());
        byte[] buffer = new byte[10];
        Assert.Equal(2, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon());
        waiting = stream.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken).AsTask();
        client.Reset();
        await Assert.ThrowsAsync<IOException>(() => waiting.Soon());
    }

    private Task<SocketServer> StartAsync(Func<Connection, Task> handle, TimeProvider? clock = null) =>
        SocketServer.StartAsync(handle, clock: clock, transport: transport);

    private static Task<IOException> FailureAsync(Connection connection) =>
        Assert.ThrowsAsync<IOException>(async () => await connection.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None));
}
