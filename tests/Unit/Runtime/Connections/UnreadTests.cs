using System.Buffers;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

/// <summary>Bytes that were read too far come out again first.</summary>
public sealed class UnreadTests
{
    private const int PooledSize = 5000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unread_SomeBytes_ComeBeforeWhatArrives()
    {
        await using var host = new TestHub();
        var received = new StringBuilder();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[4];
                await connection.ReceiveAsync(buffer);
                connection.Unread(buffer.AsSpan(1, 3));
                connection.Unread("x"u8);
                while (await connection.ReceiveAsync(buffer.AsMemory(0, 2)) is > 0 and var count)
                    received.Append(Encoding.ASCII.GetString(buffer, 0, count)).Append('|');
            }
        });
        peer.Send("abcdef"u8);
        peer.ShutdownSend();
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("x|bc|d|ef|", received.ToString());
    }

    // Regression: the bytes that were put back made a short receive, after which an arrival that had been announced before was waited for
    // in vain.
    [Fact]
    public async Task Unread_WhileTheSystemHoldsMore_LosesNoWakeUp()
    {
        await using var host = new TestHub();
        var received = new StringBuilder();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[100];
                Assert.True(await connection.WaitReadableAsync());
                connection.Unread("before "u8);
                while (received.Length < "before after".Length)
                {
                    Assert.True(await connection.WaitReadableAsync());
                    received.Append(Encoding.ASCII.GetString(buffer, 0, connection.Receive(buffer).Count));
                }
            }
        });
        peer.Send("after"u8);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("before after", received.ToString());
    }

    [Fact]
    public async Task Unread_NothingElseThere_EndsEveryKindOfWaitAtOnce()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                connection.Unread("abcd"u8);
                Assert.True(await AtOnce(connection.WaitReadableAsync()));
                Assert.Equal(0, await AtOnce(connection.ReceiveAsync(Memory<byte>.Empty)));
                Assert.Equal(TransferResult.Done(0), connection.Receive([]));
                Assert.Equal(3, await AtOnce(connection.ReceiveAsync(new byte[3])));
                Assert.Equal(1, await AtOnce(connection.ReceiveAsync(new byte[3])));
                Assert.IsType<MemoryTransport>(connection.Transport); // the empty decorator is gone
                var next = connection.WaitReadableAsync();
                Assert.False(next.IsCompleted);
                await next;
            }
        });
        await host.SettleAsync();
        peer.Send("x"u8);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task Unread_WhileSomeoneWaits_EndsTheWait()
    {
        await using var host = new TestHub();
        int count = 0;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                var reading = connection.ReceiveAsync(new byte[10]);
                connection.Unread("abc"u8);
                count = await reading;
            }
        });
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal(3, count);
    }

    [Fact]
    public async Task Unread_BelowADecorator_ReachesItAndIsDropped()
    {
        await using var host = new TestHub();
        var received = new StringBuilder();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using (connection)
            {
                byte[] buffer = new byte[100];
                connection.Unread(RecordTransport.Encode("one"u8).AsSpan(0, 2));
                connection.Stack(new RecordTransport(connection.Transport));
                while (await connection.ReceiveAsync(buffer) is > 0 and var count)
                    received.Append(Encoding.ASCII.GetString(buffer, 0, count)).Append('|');
            }
        });
        await host.SettleAsync();
        peer.Send([.. "ne"u8, .. RecordTransport.Encode("two"u8)]);
        peer.ShutdownSend();
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("one|two|", received.ToString());
    }

    [Fact]
    public async Task Unread_ThenAStreamReader_ReadsTheWholeLine()
    {
        await using var host = new TestHub();
        string? line = null;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            connection.Unread("Hello, "u8);
            using var reader = new StreamReader(connection.AsStream());
            line = await reader.ReadLineAsync();
        });
        peer.Send("world\n"u8);
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        Assert.Equal("Hello, world", line);
    }

    [Theory]
    [InlineData("received")]
    [InlineData("closed")]
    [InlineData("aborted")]
    public async Task Unread_AtItsEnd_GivesItsBytesBackOnce(string end)
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, connection =>
        {
            // The pool hands a thread the array that it returned last.
            byte[] pooled = ArrayPool<byte>.Shared.Rent(PooledSize);
            ArrayPool<byte>.Shared.Return(pooled);
            connection.Unread(new byte[PooledSize]);
            if (end == "received")
                Assert.Equal(TransferResult.Done(PooledSize), connection.Receive(new byte[PooledSize]));
            if (end == "aborted")
                connection.Abort();
            connection.Close();
            byte[] again = ArrayPool<byte>.Shared.Rent(PooledSize);
            Assert.Same(pooled, again);
            byte[] another = ArrayPool<byte>.Shared.Rent(PooledSize);
            Assert.NotSame(pooled, another);
            ArrayPool<byte>.Shared.Return(again);
            ArrayPool<byte>.Shared.Return(another);
            connection.Unread("too late"u8); // takes nothing
            return Task.CompletedTask;
        });
        await peer.ReceiveToEndAsync(Cancellation).Soon();
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }

    private static ValueTask<T> AtOnce<T>(ValueTask<T> wait)
    {
        Assert.True(wait.IsCompleted);
        return wait;
    }
}
