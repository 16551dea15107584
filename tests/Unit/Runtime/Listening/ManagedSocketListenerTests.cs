using System.Collections.Concurrent;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

[Collection(Descriptors.Name)]
public sealed class ManagedSocketListenerTests() : SocketListenerContract(TransportKind.Sockets)
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Accept_DescriptorsRunOut_PausesAndRecovers()
    {
        int refusals = 3;
        var evicted = new ConcurrentQueue<int>();
        await using var server = await StartAsync(() => Interlocked.Decrement(ref refusals) >= 0 ? SocketError.TooManyOpenSockets
            : SocketError.Success, evicted.Enqueue);
        var client = server.Connect();
        await server.Host.SettleAsync();
        var (reason, pause) = Assert.Single(server.Host.Pauses);
        Assert.Equal(TimeSpan.FromMilliseconds(10), pause);
        Assert.Equal(new SocketException((int)SocketError.TooManyOpenSockets).Message, reason);
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        await server.Host.SettleAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        await server.Host.SettleAsync();
        Assert.Equal(3, evicted.Count);
        _clock.Advance(TimeSpan.FromMilliseconds(40));
        client.ReceiveExactly(2);
    }

    [Theory]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.HostUnreachable)]
    public async Task Accept_OneConnectionFailed_TakesTheNextAtOnce(SocketError error)
    {
        int failures = 1;
        await using var server = await StartAsync(() => Interlocked.Decrement(ref failures) >= 0 ? error : SocketError.Success);
        server.Connect().ReceiveExactly(2);
        Assert.Empty(server.Host.Pauses);
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Connect_HubOfAnotherTransport_Throws()
    {
        await using var other = new TestHub(transport: TransportKind.Epoll);
        Exception? thrown = null;
        await using var server = await SocketServer.StartAsync(static _ => Task.CompletedTask, acceptNow: false,
            transport: TransportKind.Sockets);
        using var client = server.Connect();
        await server.Host.RunAsync(async () =>
        {
            var accepted = await server.Listener.AcceptAsync();
            thrown = Record.Exception(() => accepted.Connect(other.Hub, GreetAsync));
            accepted.Close();
        });
        Assert.Contains("another transport", Assert.IsType<ArgumentException>(thrown).Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    private Task<SocketServer> StartAsync(Func<SocketError> next, Action<int>? shortage = null) => SocketServer.StartAsync(
        GreetAsync,
        shortage: shortage ?? (static _ => throw new InvalidOperationException("nothing is short")),
        clock: _clock,
        transport: TransportKind.Sockets,
        managedAccept: socket => cancellation => next() is var error && error != SocketError.Success
            ? ValueTask.FromException<Socket>(new SocketException((int)error))
            : socket.AcceptAsync(cancellation));
}
