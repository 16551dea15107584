using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Polling;

/// <summary>What every <see cref="IPoller"/> owes to the hub, with real descriptors.</summary>
[Collection(Descriptors.Name)]
public sealed class PollerContractTests : IDisposable
{
    private const long Token = 0x7FFF_FFFF_8000_0001;
    private static readonly int Patience = (int)TestHub.Patience.TotalMilliseconds;

    private readonly PollEvent[] _events = new PollEvent[64];
    private readonly Socket _listener = SocketListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _server = -1;

    public static TheoryData<string> Pollers => PollerCase.Names;

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
        if (_server >= 0)
            SocketDescriptor.Close(_server);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_ArmedForReading_ReportsBytesWithTheWholeToken(string name)
    {
        using var poller = Connect(name);
        poller.Arm(_server, Token, PollEvents.Readable);
        Assert.Equal(PollEvents.None, Take(poller, 0) & PollEvents.Readable);
        _client.Send("x"u8);
        Assert.Equal(PollEvents.Readable, Take(poller, Patience) & ~PollEvents.Writable);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_ArmedForWriting_ReportsRoom(string name)
    {
        using var poller = Connect(name);
        poller.Arm(_server, Token, PollEvents.Writable);
        Assert.Equal(PollEvents.Writable, Take(poller, Patience));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_FinWithBytes_BothAreReported(string name)
    {
        using var poller = Connect(name);
        _client.Send("x"u8);
        _client.Shutdown(SocketShutdown.Send);
        poller.Arm(_server, Token, PollEvents.Readable);
        var expected = PollerCase.Of(name).SeesHangUps ? PollEvents.Readable | PollEvents.PeerClosed : PollEvents.Readable;
        Assert.Equal(expected, TakeUntil(poller, expected) & ~PollEvents.Writable);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_ResetWhileArmed_WhoeverReadsLearnsOfIt(string name)
    {
        using var poller = Connect(name);
        poller.Arm(_server, Token, PollEvents.Readable);
        _client.Reset();
        _ = TakeUntil(poller, PollerCase.Of(name).SeesHangUps ? PollEvents.Broken : PollEvents.Readable);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_ResetWhileNotArmed_IsReportedWhereTheSystemTells(string name)
    {
        using var poller = Connect(name);
        _client.Reset();
        if (PollerCase.Of(name).SeesHangUps)
            _ = TakeUntil(poller, PollEvents.Broken);
        else
            Assert.Equal(PollEvents.None, Take(poller, 0));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_LevelTriggered_ReportsAsLongAsItIsArmed(string name)
    {
        using var poller = Connect(name);
        if (poller.IsEdgeTriggered)
            return;
        _client.Send("x"u8);
        Assert.Equal(PollEvents.None, Take(poller, 0));
        poller.Arm(_server, Token, PollEvents.Readable);
        poller.Arm(_server, Token, PollEvents.Readable);
        poller.Arm(_server, Token, PollEvents.Writable);
        Assert.Equal(PollEvents.Readable | PollEvents.Writable, TakeUntil(poller, PollEvents.Readable));
        Assert.Equal(PollEvents.Readable | PollEvents.Writable, Take(poller, Patience));
        poller.Disarm(_server, Token, PollEvents.Writable);
        Assert.Equal(PollEvents.Readable, Take(poller, Patience));
        poller.Disarm(_server, Token, PollEvents.Readable);
        Assert.Equal(PollEvents.None, Take(poller, 0));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Remove_WhileArmed_NothingIsReportedUntilItIsAddedAndArmedAgain(string name)
    {
        using var poller = Connect(name);
        poller.Arm(_server, Token, PollEvents.Readable);
        poller.Remove(_server);
        _client.Send("x"u8);
        Assert.Equal(PollEvents.None, Take(poller, 0));
        poller.Add(_server, Token);
        if (!poller.IsEdgeTriggered)
            Assert.Equal(PollEvents.None, Take(poller, 0)); // it is not armed any more
        poller.Arm(_server, Token, PollEvents.Readable);
        Assert.Equal(PollEvents.Readable, TakeUntil(poller, PollEvents.Readable) & ~PollEvents.Writable);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Closing_TheNumberIsTakenAgain_TheOldTokenIsNeverReported(string name)
    {
        using var poller = PollerCase.Of(name).Make();
        var first = new WakeDescriptor();
        int number = first.Descriptor;
        poller.Add(number, 1);
        poller.Arm(number, 1, PollEvents.Readable | PollEvents.Writable);
        first.Signal();
        poller.Closing(number);
        first.Dispose();
        using var second = new WakeDescriptor();
        Assert.Equal(number, second.Descriptor); // the system gives the lowest that is free
        poller.Add(number, 2);
        poller.Arm(number, 2, PollEvents.Readable);
        second.Signal();
        Assert.Equal(2, Assert.Single(_events[..poller.Wait(_events, Patience)]).Token);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Remove_OneOfSeveral_TheOthersAreReported(string name)
    {
        using var poller = PollerCase.Of(name).Make();
        var signals = Enumerable.Range(0, 5).Select(static _ => new WakeDescriptor()).ToArray();
        for (int i = 0; i < signals.Length; i++)
        {
            poller.Add(signals[i].Descriptor, i);
            poller.Arm(signals[i].Descriptor, i, PollEvents.Readable);
        }
        poller.Remove(signals[1].Descriptor);
        poller.Remove(signals[4].Descriptor);
        Array.ForEach(signals, static signal => signal.Signal());
        int count = poller.Wait(_events, Patience);
        Assert.Equal([0, 2, 3], _events[..count].Select(static ev => ev.Token).Order());
        Array.ForEach(signals, static signal => signal.Dispose());
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_MoreReadyThanAskedFor_AllHaveTheirTurn(string name)
    {
        using var poller = PollerCase.Of(name).Make();
        var signals = Enumerable.Range(0, PollerCase.Of(name).Capacity).Select(static _ => new WakeDescriptor()).ToArray();
        for (int i = 0; i < signals.Length; i++)
        {
            poller.Add(signals[i].Descriptor, i);
            poller.Arm(signals[i].Descriptor, i, PollEvents.Readable);
            signals[i].Signal();
        }
        var seen = new HashSet<long>();
        int waits = 0;
        for (; seen.Count < signals.Length; waits++)
        {
            int count = poller.Wait(_events, Patience);
            Assert.NotEqual(0, count);
            seen.UnionWith(_events[..count].Select(static ev => ev.Token));
        }
        // nobody came twice before all came once
        Assert.InRange(waits, signals.Length / _events.Length, (signals.Length / _events.Length) + 1);
        Array.ForEach(signals, static signal => signal.Dispose());
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wake_BeforeOrDuringAWait_EndsItOnce(string name)
    {
        using var poller = PollerCase.Of(name).Make();
        poller.Wake();
        poller.Wake();
        Assert.Equal(0, poller.Wait(_events, -1)); // would hang without the wake
        using var begun = new ManualResetEventSlim();
        var waker = new Thread(() =>
        {
            begun.Wait();
            poller.Wake();
        });
        waker.Start();
        begun.Set();
        Assert.Equal(0, poller.Wait(_events, -1));
        waker.Join();
        Assert.Equal(0, poller.Wait(_events, 1));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Wait_NothingHappens_EndsWithItsTime(string name)
    {
        using var poller = Connect(name);
        poller.Arm(_server, Token, PollEvents.Readable);
        _ = poller.Wait(_events, 0); // an edge-triggered one tells of the room
        long began = Environment.TickCount64;
        int waits = 0;
        do
        {
            Assert.Equal(0, poller.Wait(_events, 30)); // a signal, such as the collector's, may end it early
            waits++;
        }
        while (Environment.TickCount64 - began < 25);
        Assert.InRange(waits, 1, 10);
        Assert.InRange(Environment.TickCount64 - began, 25, Patience);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public async Task Dispose_WakeAfterwards_DoesNothingAndNothingLeaks(string name)
    {
        var descriptors = Descriptors.Take();
        var poller = PollerCase.Of(name).Make();
        poller.Wake();
        poller.Wait(_events, 1);
        poller.Dispose();
        poller.Dispose();
        poller.Wake();
        await descriptors.AssertNoneLeakedAsync();
    }

    private IPoller Connect(string name)
    {
        _client.Connect(_listener.LocalEndPoint!);
        _server = SocketDescriptor.Accept((int)_listener.Handle, out _);
        Assert.True(_server >= 0);
        var poller = PollerCase.Of(name).Make();
        poller.Add(_server, Token);
        return poller;
    }

    private PollEvents Take(IPoller poller, int timeout)
    {
        int count = poller.Wait(_events, timeout);
        return count == 0 ? PollEvents.None : Assert.Single(_events[..count], static ev => ev.Token == Token).Events;
    }

    // What is on its way over the loopback may come in two reports.
    private PollEvents TakeUntil(IPoller poller, PollEvents expected)
    {
        var all = PollEvents.None;
        while (!all.HasFlag(expected))
        {
            var events = Take(poller, Patience);
            Assert.NotEqual(PollEvents.None, events);
            all |= events;
        }
        return all;
    }
}
