using System.Net.Sockets;
using System.Security.Cryptography;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

[Collection(Descriptors.Name)]
public sealed class SocketConnectionTests() : SocketConnectionContract(TransportKind.Epoll);

[Collection(Descriptors.Name)]
public sealed class ManagedSocketConnectionTests() : SocketConnectionContract(TransportKind.Sockets);

/// <summary>What holds over every transport.</summary>
public abstract class SocketConnectionContract(TransportKind transport)
{
    private readonly TaskCompletionSource<string> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Echo_TwoHundredClients_EveryByteComesBack()
    {
        await using var server = await StartAsync(EchoAsync);
        var clients = Enumerable.Range(0, 200).Select(_ => server.Connect()).ToArray();
        for (int i = 0; i < clients.Length; i++)
            clients[i].Send(BitConverter.GetBytes(i));
        for (int i = 0; i < clients.Length; i++)
            Assert.Equal(i, BitConverter.ToInt32(clients[i].ReceiveExactly(4)));
        Assert.Equal(200, server.Host.Hub.ConnectionCount);
        foreach (var client in clients)
            client.Shutdown(SocketShutdown.Send);
        foreach (var client in clients)
            Assert.Empty(client.ReceiveToEnd());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fin_CameWithTheData_IsSeen(bool hubWaitsFirst)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                if (!hubWaitsFirst)
                    await go.Task; // both are there before the first look
                byte[] buffer = new byte[100];
                Assert.True(await connection.WaitReadableAsync());
                await go.Task;
                Assert.Equal(TransferResult.Done(3), connection.Receive(buffer));
                Assert.True(await connection.WaitReadableAsync());
                Assert.Equal(TransferResult.EndOfStream, connection.Receive(buffer));
                Assert.False(connection.CancellationToken.IsCancellationRequested);
                connection.Send("answer"u8); // a half-closed client still wants it
            }
        });
        var client = server.Connect();
        client.Send("abc"u8);
        client.Shutdown(SocketShutdown.Send);
        go.SetResult();
        Assert.Equal("answer"u8.ToArray(), client.ReceiveToEnd());
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Reset_WhileReadIsAwaited_EndsTheWaitAndCancels()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                bool early = connection.CancellationToken.IsCancellationRequested;
                bool readable = await connection.WaitReadableAsync();
                var status = connection.Receive(new byte[10]).Status;
                await Coroutine.Yield();
                _outcome.SetResult(
                    $"{early} {readable} {status} {connection.CancellationToken.IsCancellationRequested} "
                    + $"{await connection.WaitWritableAsync()}");
            }
        });
        var client = server.Connect();
        await server.Host.SettleAsync();
        client.Reset();
        Assert.Equal("False True Broken True True", await _outcome.Task.Soon());
    }

    [Fact]
    public async Task Reset_WhileTheAppWorks_CancelsItsToken()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using (connection.CancellationToken.Register(cancelled.SetResult))
                    await cancelled.Task;
                _outcome.SetResult("cancelled");
            }
        });
        var client = server.Connect();
        await server.Host.SettleAsync();
        client.Reset();
        Assert.Equal("cancelled", await _outcome.Task.Soon());
    }

    [Fact]
    public async Task ShutdownSend_ClientGoesOn_IsStillReceived()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                connection.Send("bye"u8);
                connection.ShutdownSend();
                int total = 0;
                byte[] buffer = new byte[1000];
                while (await connection.WaitReadableAsync())
                {
                    var result = connection.Receive(buffer);
                    total += result.Count;
                    if (result.Status == TransferStatus.EndOfStream)
                        break;
                }
                Assert.Equal(TransferStatus.Broken, connection.Send("x"u8).Status);
                _outcome.SetResult($"{total}");
            }
        });
        var client = server.Connect();
        Assert.Equal("bye"u8.ToArray(), client.ReceiveToEnd());
        client.Send(new byte[5000]);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("5000", await _outcome.Task.Soon());
    }

    [Theory]
    [InlineData("one")]
    [InlineData("gathered")]
    [InlineData("file")]
    public async Task Send_SlowReaderAndSmallBuffers_ArrivesWhole(string way)
    {
        byte[] data = RandomNumberGenerator.GetBytes(1_500_000);
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, data, TestContext.Current.CancellationToken);
        int partial = 0;
        await using (var server = await StartAsync(
            async connection =>
            {
                using var file = File.OpenHandle(path);
                using (connection)
                {
                    for (int sent = 0; sent < data.Length;)
                    {
                        int cut = Math.Min(sent + 7000, data.Length);
                        var result = way switch
                        {
                            "one" => connection.Send(data.AsSpan(sent)),
                            "gathered" => connection.Send(data.AsSpan(sent..cut), data.AsSpan(cut)),
                            _ => connection.SendFile(file, sent, data.Length - sent),
                        };
                        sent += result.Count;
                        if (result.Status == TransferStatus.WouldBlock)
                        {
                            partial++;
                            Assert.True(await connection.WaitWritableAsync());
                        }
                        else
                        {
                            Assert.Equal(TransferStatus.Done, result.Status);
                        }
                    }
                }
            },
            configure: static socket => socket.SendBufferSize = 4096))
        {
            var client = server.Connect(receiveBuffer: 4096);
            await Until.TrueAsync(() => Volatile.Read(ref partial) > 0, "the buffers are full");
            Assert.Equal(SHA256.HashData(data), SHA256.HashData(client.ReceiveToEnd()));
            Assert.Empty(server.Host.Failures);
        }
        File.Delete(path);
    }

    [Fact]
    public async Task SendFile_FileIsShorter_SaysSoAndNeverPads()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "0123456789", TestContext.Current.CancellationToken);
        await using (var server = await StartAsync(async connection =>
        {
            using var file = File.OpenHandle(path, access: FileAccess.ReadWrite);
            using (connection)
            {
                Assert.Equal(TransferResult.Done(10), connection.SendFile(file, 0, 1000));
                Assert.Equal(TransferResult.EndOfStream, connection.SendFile(file, 10, 990));

                // The client has them: what waits in the socket is the file's own pages, which a truncation clears.
                Assert.True(await connection.WaitReadableAsync());
                connection.Receive(new byte[10]);
                RandomAccess.SetLength(file, 4);
                Assert.Equal(TransferResult.EndOfStream, connection.SendFile(file, 5, 5));
                Assert.Equal(TransferResult.Done(2), connection.SendFile(file, 2, 8));
            }
        }))
        {
            var client = server.Connect();
            Assert.Equal("0123456789"u8.ToArray(), client.ReceiveExactly(10));
            client.Send("x"u8);
            Assert.Equal("23"u8.ToArray(), client.ReceiveToEnd());
            Assert.Empty(server.Host.Failures);
        }
        File.Delete(path);
    }

    [Fact]
    public async Task Receive_EmptyBuffer_IsNotTheEnd()
    {
        await using var server = await StartAsync(connection =>
        {
            // Bug: it looked like a FIN
            Assert.Contains(connection.Receive([]).Status, new[] { TransferStatus.Done, TransferStatus.WouldBlock });
            Assert.Equal(TransferResult.Done(0), connection.Send([]));
            Assert.Equal(TransferResult.Done(2), connection.Send([], "ok"u8));
            connection.Close();
            return Task.CompletedTask;
        });
        Assert.Equal("ok"u8.ToArray(), server.Connect().ReceiveToEnd());
    }

    [Fact]
    public async Task Abort_ClientSeesAReset()
    {
        await using var server = await StartAsync(static connection =>
        {
            connection.Abort();
            connection.Abort();
            connection.Close();
            Assert.Null(connection.LocalEndPoint);
            Assert.NotNull(connection.RemoteEndPoint);
            return Task.CompletedTask;
        });
        var client = server.Connect();
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        Assert.Empty(server.Host.Failures);
    }

    // Bug: the descriptor stayed open for ever, and the client waited as long.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Handler_Throws_ResetsTheConnectionAndIsReported(bool atOnce)
    {
        await using var server = await StartAsync(atOnce
            ? static _ => throw new FormatException()
            : static async _ => { await Coroutine.Yield(); throw new FormatException(); });
        var client = server.Connect();
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        await server.Host.SettleAsync();
        Assert.IsType<FormatException>(Assert.Single(server.Host.Failures).Exception);
        Assert.Equal(0, server.Host.Hub.ConnectionCount);
    }

    [Fact]
    public async Task Use_OffTheHub_ThrowsAndNamesPost()
    {
        Connection? held = null;
        await using var server = await StartAsync(async connection =>
        {
            held = connection;
            await connection.WaitReadableAsync();
            connection.Receive(new byte[10]);
            connection.Close();
        });
        var client = server.Connect();
        await Until.TrueAsync(() => Volatile.Read(ref held) is not null, "connected");
        Action[] uses =
        [
            () => held!.Receive(new byte[1]), () => held!.Send("x"u8), () => held!.Send("x"u8, "y"u8), () => held!.ShutdownSend(), () =>
                held!.Close(),
            () => held!.Abort(), () => held!.Dispose(), () => _ = held!.WaitReadableAsync().AsTask(), () =>
                _ = held!.WaitWritableAsync().AsTask(),
        ];
        Assert.All(uses, use => Assert.Contains("Hub.Post", Assert.Throws<InvalidOperationException>(use).Message,
            StringComparison.Ordinal));
        client.Send("x"u8);
        Assert.Empty(client.ReceiveToEnd());
    }

    [Fact]
    public async Task WaitReadable_TwoAtATime_SecondThrowsAndTheFirstGoesOn()
    {
        await using var server = await StartAsync(async connection =>
        {
            using (connection)
            {
                var first = Coroutine.Spawn(async () => Assert.True(await connection.WaitReadableAsync()));
                await Coroutine.Yield();
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.WaitReadableAsync());
                connection.Send("go"u8);
                await first;
                connection.Send("!"u8);
            }
        });
        var client = server.Connect();
        client.ReceiveExactly(2);
        client.Send("x"u8);
        Assert.Equal(1, client.Receive(new byte[10]));
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Input_CameInTimeButIsSeenLate_IsServedBeforeTheDeadline()
    {
        var clock = new FakeClock();
        await using var server = await StartAsync(
            async connection =>
            {
                using (connection)
                {
                    connection.SetDeadline(TimeSpan.FromSeconds(1));
                    connection.Send("go"u8);
                    _outcome.SetResult($"{await connection.WaitReadableAsync()} {connection.IsTimedOut}");
                }
            },
            clock: clock);
        var client = server.Connect();
        client.ReceiveExactly(2);
        await server.Host.SettleAsync();
        using var stalling = new ManualResetEventSlim();
        using var stalled = new ManualResetEventSlim();
        server.Host.Hub.Post(() => { stalling.Set(); stalled.Wait(); });
        stalling.Wait(TestContext.Current.CancellationToken);
        client.Send("x"u8);
        clock.Advance(TimeSpan.FromSeconds(2));
        stalled.Set();
        Assert.Equal("True False", await _outcome.Task.Soon());
    }

    [Fact]
    public async Task CoroutineYieldsForEver_OthersAreServed()
    {
        await using var server = await StartAsync(EchoAsync);
        bool stop = false;
        long turns = 0;
        await server.Host.RunAsync(() =>
            { Coroutine.Spawn(async () => { while (!Volatile.Read(ref stop)) { turns++; await Coroutine.Yield(); } }); });
        var client = server.Connect();
        for (int i = 0; i < 20; i++)
        {
            client.Send("ping"u8);
            client.ReceiveExactly(4);
        }
        Volatile.Write(ref stop, true);
        Assert.True(turns > 20);
    }

    // Bug: while another thread's posts kept coming the hub ran them alone, and never looked for input.
    [Fact]
    public async Task AnotherThreadPostsForEver_OthersAreServed()
    {
        await using var server = await StartAsync(EchoAsync);
        bool stop = false;
        void Again()
        {
            if (!Volatile.Read(ref stop))
                ThreadPool.UnsafeQueueUserWorkItem(_ => server.Host.Hub.Post(Again), null);
        }
        for (int i = 0; i < 20; i++)
            Again();
        var client = server.Connect();
        for (int i = 0; i < 20; i++)
        {
            client.Send("ping"u8);
            client.ReceiveExactly(4);
        }
        Volatile.Write(ref stop, true);
    }

    [Fact]
    public async Task Stop_ClientsWait_EveryOneIsReset()
    {
        await using var server = await StartAsync(EchoAsync);
        var clients = Enumerable.Range(0, 50).Select(_ => server.Connect()).ToArray();
        foreach (var client in clients)
            client.Send("a"u8);
        foreach (var client in clients)
            client.ReceiveExactly(1);
        await server.Host.StopAsync();
        Assert.All(clients, client => Assert.Throws<SocketException>(() => client.Receive(new byte[1])));
    }

    private Task<SocketServer> StartAsync(Func<Connection, Task> handle, Action<Socket>? configure = null, TimeProvider? clock = null) =>
        SocketServer.StartAsync(handle, configure: configure, clock: clock, transport: transport);

    private static async Task EchoAsync(Connection connection)
    {
        using (connection)
        {
            byte[] buffer = new byte[64];
            while (await connection.WaitReadableAsync())
            {
                var result = connection.Receive(buffer);
                if (result.Status is TransferStatus.EndOfStream or TransferStatus.Broken)
                    return;
                connection.Send(buffer.AsSpan(0, result.Count));
            }
        }
    }
}
