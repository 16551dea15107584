using System.Collections.Concurrent;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

[Collection(Descriptors.Name)]
public sealed class SocketListenerTests() : SocketListenerContract(TransportKind.Epoll)
{
    private const int TooManyFiles = 24;
    private const int HostUnreachable = 113;
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Accept_DescriptorsRunOut_PausesReportsOnceASecondAndRecovers()
    {
        int refusals = int.MaxValue, calls = 0;
        var evicted = new ConcurrentQueue<int>();
        await using var server = await SocketServer.StartAsync(
            GreetAsync,
            accept: (int listener, out PeerAddress peer) =>
            {
                calls++;
                peer = default;
                return refusals-- > 0 ? -TooManyFiles : SocketDescriptor.Accept(listener, out peer);
            },
            shortage: evicted.Enqueue,
            clock: _clock);
        await server.Host.SettleAsync();
        var client = server.Connect();
        Assert.Equal(1, calls);
        Assert.Equal(TimeSpan.FromMilliseconds(10), Assert.Single(server.Host.Pauses).Pause);

        for (int pause = 10, passed = 0; passed < 3000; pause = Math.Min(pause * 2, 1000))
        {
            passed += pause;
            int before = calls;
            _clock.Advance(TimeSpan.FromMilliseconds(pause) - TimeSpan.FromTicks(1));
            await server.Host.SettleAsync();
            Assert.Equal(before, calls); // no spin
            _clock.Advance(TimeSpan.FromTicks(1));
            await server.Host.SettleAsync();
            Assert.Equal(before + 1, calls);
        }
        Assert.InRange(server.Host.Pauses.Count, 2, 4);
        Assert.Equal(calls, evicted.Count);

        refusals = 0;
        _clock.Advance(TimeSpan.FromSeconds(1));
        client.ReceiveExactly(2);
        server.Connect().ReceiveExactly(2);
    }

    // Bug: only sockets that the server opened itself had it, not one of systemd.
    [Fact]
    public void Bind_InheritedDescriptor_LimitsWhatWaitsForASlowReader()
    {
        const int InternetFamily = 2, Tcp = 6, NotSentLowWater = 25;
        int inherited = SocketDescriptor.Open(InternetFamily); // listening gives it a port
        using var adopted = SocketListener.Bind(new DescriptorEndPoint(inherited));
        byte[] limit = new byte[4];
        adopted.GetRawSocketOption(Tcp, NotSentLowWater, limit);
        Assert.Equal(32 * 1024, BitConverter.ToInt32(limit));
    }

    // Bug: an error of one connection, which accept(2) passes on, paused the listener and ended idle connections of others.
    [Fact]
    public async Task Accept_OneConnectionFailed_TakesTheNextAtOnce()
    {
        var errors = new Queue<int>([103, 71, 4, HostUnreachable]);
        await using var server = await SocketServer.StartAsync(
            GreetAsync,
            accept: (int listener, out PeerAddress peer) =>
            {
                peer = default;
                return errors.TryDequeue(out int error) ? -error : SocketDescriptor.Accept(listener, out peer);
            },
            shortage: static _ => throw new InvalidOperationException("nothing is short"),
            clock: _clock);
        server.Connect().ReceiveExactly(2);
        Assert.Empty(server.Host.Pauses);
        Assert.Empty(server.Host.Failures);
    }

    // Bug: the accept loop ended with the error of the epoll_ctl after its pause.
    [Fact]
    public async Task Accept_PollerRefusesAfterThePause_TriesAgain()
    {
        FakePoller? poller = null;
        int refusals = 1;
        await using var server = await SocketServer.StartAsync(
            static _ => Task.CompletedTask,
            accept: (int listener, out PeerAddress peer) =>
            {
                peer = default;
                return refusals-- > 0 ? -TooManyFiles : -11;
            },
            clock: _clock,
            poller: () => poller = new FakePoller(isEdgeTriggered: true));
        await server.Host.SettleAsync();
        Assert.Empty(poller!.Watched);
        poller.Refused = "Add";
        for (int i = 0; i < 5; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await server.Host.SettleAsync();
            Assert.False(server.Accepting.IsCompleted);
        }
        poller.Refused = "";
        _clock.Advance(TimeSpan.FromSeconds(1));
        await server.Host.SettleAsync();
        Assert.Single(poller.Watched);
        Assert.False(server.Accepting.IsCompleted);
        Assert.Empty(server.Host.Failures);
    }

    [Fact]
    public async Task Stop_WhilePaused_EndsTheAcceptLoopWell()
    {
        var server = await SocketServer.StartAsync(
            GreetAsync,
            accept: static (int _, out PeerAddress peer) =>
            {
                peer = default;
                return -TooManyFiles;
            },
            clock: _clock);
        await server.Host.SettleAsync();
        await server.DisposeAsync();
        Assert.True(server.Accepting.IsCompleted);
        Assert.Null(server.Accepting.Exception);
    }
}
