using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// A connection that was closed while a piece was on its way: its socket lives until that has left, as a kernel's does, and the hub counts
/// it meanwhile.
/// </summary>
internal sealed class LastSend : IHubEntry
{
    // As long as Linux keeps what a process has closed (tcp_fin_timeout).
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly Hub _hub;
    private readonly Socket _socket;
    private readonly long _token;
    private bool _hasEnded;

    private LastSend(Hub hub, Socket socket)
    {
        _hub = hub;
        _socket = socket;
        _token = hub.Register(this, descriptor: -1);
        hub.Table.Deadline(EntryTable.SlotOf(_token)) = hub.Clock.DueAfter(LongestWait);
        hub.Occupancy.ConnectionComing();
        hub.LastSends++;
    }

    /// <summary>Whether the hub waits for it; one that stops does not.</summary>
    internal static bool TryLinger(Hub hub, Socket socket, PendingSend pending)
    {
        if (hub.IsStopping)
            return false;
        pending.Last = new LastSend(hub, socket);
        return true;
    }

    /// <summary>The piece has left, or cannot.</summary>
    internal void End()
    {
        if (_hasEnded)
            return;
        Leave();
        ManagedSocketTransport.Finish(_socket);
    }

    void IHubEntry.OnReady(PollEvents events) { }

    void IHubEntry.OnDeadline() => Cut();

    void IHubEntry.OnDrain() { }

    void IHubEntry.OnHandOver() { }

    void IHubEntry.OnStop() => Cut();

    private void Cut()
    {
        Leave();
        ManagedSocketTransport.Reset(_socket);
    }

    private void Leave()
    {
        _hasEnded = true;
        _hub.Unregister(_token, descriptor: -1);
        _hub.Occupancy.ConnectionGone();
        _hub.LastSends--;
    }
}
