using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

/// <summary>gevent: <c>socket.recv</c>, <c>socket.sendall</c>.</summary>
public sealed class ConnectionStreamingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_BytesThenFin_ReturnsThemThenZero()
    {
        await using var host = new TestHub();
        var received = new StringBuilder();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[4];
                while (await connection.ReceiveAsync(buffer) is > 0 and var count)
                    received.Append(Encoding.ASCII.GetString(buffer, 0, count)).Append('|');
                await connection.SendAsync("bye"u8.ToArray());
            }
        });
        peer.Send("abcdef"u8);
        await host.SettleAsync();
        peer.Send("gh"u8);
        peer.ShutdownSend();
        Assert.Equal("bye"u8.ToArray(), await peer.ReceiveToEndAsync(Cancellation).Soon());
        Assert.Equal("abcd|ef|gh|", received.ToString());
    }

    [Fact]
    public async Task Send_MoreThanThePeerTakesAtOnce_ArrivesWhole()
    {
        await using var host = new TestHub();
        byte[] data = new byte[1_000_000];
        Random.Shared.NextBytes(data);
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
                await connection.SendAsync(data);
        });
        Assert.Equal(data, await peer.ReceiveToEndAsync(Cancellation).Soon());
    }

    [Fact]
    public async Task Receive_WithTheTokenOfItsCoroutine_EndsWithItWhenThatIsKilled()
    {
        await using var host = new TestHub();
        Coroutine? handler = null;
        OperationCanceledException? thrown = null;
        _ = MemoryConnection.Connect(host.Hub, async connection =>
        {
            handler = Coroutine.Current!;
            using (connection)
                thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                    async () => await connection.ReceiveAsync(new byte[1], handler.CancellationToken));
        });
        await host.SettleAsync();
        await host.RunAsync(async () => Assert.True(await handler!.KillAsync()));
        Assert.Equal(handler!.CancellationToken, thrown!.CancellationToken);
    }

    // A kill ends the waits that have begun. Of two that one coroutine has side by side, the second begins after the kill and before the
    // token is cancelled.
    [Fact]
    public async Task Receive_WithTheTokenOfItsCoroutine_ThatBeginsJustAfterTheKill_EndsWithIt()
    {
        await using var host = new TestHub();
        Coroutine? handler = null;
        var own = CancellationToken.None;
        var second = new AsyncEvent();
        int ended = 0;
        _ = MemoryConnection.Connect(host.Hub, async connection =>
        {
            handler = Coroutine.Current!;
            own = handler.CancellationToken;
            using (connection)
                await Task.WhenAll(WaitAsync(), ReceiveAsync(connection));
        });
        await host.SettleAsync();
        await host.RunAsync(async () =>
        {
            second.Set(); // its continuation is queued, and runs after the kill
            Assert.True(await handler!.KillAsync(TimeSpan.FromMinutes(1)));
        });
        Assert.Equal(2, ended);

        async Task WaitAsync()
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Coroutine.Sleep(TimeSpan.FromHours(1)));
            ended++;
        }

        async Task ReceiveAsync(Connection connection)
        {
            await second.WaitAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.ReceiveAsync(new byte[1], own));
            ended++;
        }
    }

    [Fact]
    public async Task Receive_Cancelled_LeavesTheConnectionUsable()
    {
        await using var host = new TestHub();
        using var cancellation = new CancellationTokenSource();
        string? outcome = null;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[10];
                var exception = await Assert.ThrowsAsync<OperationCanceledException>(
                    async () => await connection.ReceiveAsync(buffer, cancellation.Token));
                Assert.Equal(cancellation.Token, exception.CancellationToken);
                int count = await connection.ReceiveAsync(buffer);
                outcome = Encoding.ASCII.GetString(buffer, 0, count);
            }
        });
        await host.SettleAsync();
        cancellation.Cancel();
        await host.SettleAsync();
        peer.Send("still here"u8);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("still here", outcome);
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Receive_CancelledInTheTurnInWhichBytesCome_DoesNotEndTheNextReceive()
    {
        await using var host = new TestHub();
        using var cancellation = new CancellationTokenSource();
        var received = new List<int>();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[10];
                received.Add(await connection.ReceiveAsync(buffer, cancellation.Token));
                received.Add(await connection.ReceiveAsync(buffer, CancellationToken.None));
            }
        });
        await host.SettleAsync();
        await host.RunAsync(() =>
        {
            peer.Send("abc"u8); // queues the arrival, then the cancellation
            cancellation.Cancel();
        });
        await host.SettleAsync();
        peer.Send("de"u8);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal([3, 2], received);
    }

    [Fact]
    public async Task Receive_CoroutineKilled_Throws()
    {
        await using var host = new TestHub();
        Coroutine? serving = null;
        bool wasInterrupted = false;
        MemoryConnection.Connect(host.Hub, async connection =>
        {
            serving = Coroutine.Current;
            using (connection)
            {
                try { await connection.ReceiveAsync(new byte[1]); }
                catch (OperationCanceledException) { wasInterrupted = true; }
            }
        });
        await host.SettleAsync();
        await host.RunAsync(async () => Assert.True(await serving!.KillAsync()));
        Assert.True(wasInterrupted);
    }

    [Fact]
    public async Task Receive_Reset_ThrowsIOException()
    {
        await using var host = new TestHub();
        Exception? thrown = null;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
                thrown = await Assert.ThrowsAsync<IOException>(
                    async () => await connection.ReceiveAsync(new byte[1], CancellationToken.None));
        });
        await host.SettleAsync();
        peer.Reset();
        await host.SettleAsync();
        Assert.Equal("The connection with 127.0.0.1:50000 was reset by the peer.", thrown!.Message);
    }

    [Fact]
    public async Task Receive_DeadlinePasses_ThrowsIOExceptionAroundATimeout()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        Exception? thrown = null;
        MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                connection.SetDeadline(TimeSpan.FromSeconds(1));
                thrown = await Assert.ThrowsAsync<IOException>(
                    async () => await connection.ReceiveAsync(new byte[1], CancellationToken.None));
            }
        });
        await host.SettleAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        await host.SettleAsync();
        Assert.IsType<TimeoutException>(thrown!.InnerException);
    }

    [Fact]
    public async Task Receive_EmptyBuffer_WaitsUntilThereIsSomething()
    {
        await using var host = new TestHub();
        var order = new List<string>();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                Assert.Equal(0, await connection.ReceiveAsync(Memory<byte>.Empty));
                order.Add("readable");
                Assert.Equal(2, await connection.ReceiveAsync(new byte[10]));
            }
        });
        await host.SettleAsync();
        Assert.Empty(order);
        peer.Send("ab"u8);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal(["readable"], order);
    }

    [Fact]
    public async Task ReceiveAndSend_DataIsThere_AllocateNothing()
    {
        const int Rounds = 1000;
        await using var host = new TestHub();
        long allocated = -1;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[1];
                for (int i = 0; i < 10; i++)
                    await EchoAsync();
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < Rounds; i++)
                    await EchoAsync();
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;

                async ValueTask EchoAsync()
                {
                    await connection.ReceiveAsync(buffer);
                    await connection.SendAsync(buffer);
                }
            }
        });
        peer.Send(new byte[Rounds + 10]);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.InRange(allocated, 0, 16 * 1024); // the peer's own list grows, by doubling
    }

    [Fact]
    public async Task Receive_PeerThatNeverPauses_GivesOthersTheirTurn()
    {
        await using var host = new TestHub();
        bool hasRun = false;
        bool? hadRun = null;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[64 * 1024];
                await connection.ReceiveAsync(Memory<byte>.Empty);
                _ = Coroutine.Spawn(async () => hasRun = true);
                for (int left = 1024 * 1024; left > 0;)
                    left -= await connection.ReceiveAsync(buffer);
                hadRun = hasRun;
            }
        });
        peer.Send(new byte[1024 * 1024]);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.True(hadRun);
    }
}
