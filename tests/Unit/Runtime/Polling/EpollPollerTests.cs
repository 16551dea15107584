using System.ComponentModel;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Polling;

[Collection(Descriptors.Name)]
public sealed class EpollPollerTests
{
    private readonly PollEvent[] _events = new PollEvent[8];

    [Fact]
    public void Wake_BeforeTheWait_EndsItAtOnceAndOnlyOnce()
    {
        using var poller = new EpollPoller();
        poller.Wake();
        poller.Wake();
        Assert.Equal(0, poller.Wait(_events, -1)); // would hang without the wake
        Assert.Equal(0, poller.Wait(_events, 0));
    }

    [Fact]
    public async Task Dispose_WakeAfterwards_DoesNothingAndNothingLeaks()
    {
        var descriptors = Descriptors.Take();
        var poller = new EpollPoller();
        poller.Dispose();
        poller.Dispose();
        poller.Wake();
        await descriptors.AssertNoneLeakedAsync();
    }

    [Fact]
    public void Add_NoSuchDescriptor_ThrowsWithTheSystemsNumber()
    {
        using var poller = new EpollPoller();
        Assert.Equal(9, Assert.Throws<Win32Exception>(() => poller.Add(1_000_000, 1)).NativeErrorCode);
        Assert.Throws<Win32Exception>(() => poller.Remove(1_000_000));
    }

    [Fact]
    public void Wait_EdgesOfASocket_EachIsReportedOnceWithTheWholeToken()
    {
        const long token = 0x7FFF_FFFF_8000_0001;
        using var poller = new EpollPoller();
        using var listener = SocketListener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        int accepted = SocketDescriptor.Accept((int)listener.Handle, out _);
        try
        {
            poller.Add(accepted, token);
            Assert.Equal([new PollEvent(token, PollEvents.Writable)], Take(poller));
            Assert.Equal(0, poller.Wait(_events, 0));
            client.Send("x"u8);
            Assert.Equal([new PollEvent(token, PollEvents.Readable | PollEvents.Writable)], Take(poller));
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal([new PollEvent(token, PollEvents.Readable | PollEvents.Writable | PollEvents.PeerClosed)], Take(poller));
            client.Reset();
            var last = Assert.Single(Take(poller));
            Assert.True(last.Events.HasFlag(PollEvents.Broken));
        }
        finally
        {
            SocketDescriptor.Close(accepted);
        }
        Assert.Equal(0, poller.Wait(_events, 0)); // the kernel forgot it
    }

    private PollEvent[] Take(EpollPoller poller) => _events[..poller.Wait(_events, (int)TestHub.Patience.TotalMilliseconds)];
}
