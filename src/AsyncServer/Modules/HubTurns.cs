using AsyncServer.Runtime;

namespace AsyncServer.Modules;

/// <summary>
/// Remembers for each hub whether something was done in its present turn. On threads without a hub it never was, nor on hubs that come and
/// go with their connections.
/// </summary>
internal sealed class HubTurns
{
    // By the hub's number. Each hub writes its own place alone.
    private long[] _turns = [];
    private readonly Lock _growing = new();

    internal bool IsThisTurn()
    {
        var turns = _turns;
        return Hub.Current is { } hub && hub.Id < turns.Length && turns[hub.Id] == hub.Turn;
    }

    internal void SetThisTurn()
    {
        if (Hub.Current is not { IsOfOneConnection: false } hub)
            return;
        if (hub.Id >= _turns.Length)
            Grow(hub.Id + 1);
        _turns[hub.Id] = hub.Turn;
    }

    // What another hub writes at the same time may be lost: it does once more what it has done.
    private void Grow(int length)
    {
        lock (_growing)
        {
            if (length <= _turns.Length)
                return;
            long[] grown = new long[length];
            Array.Fill(grown, -1);
            _turns.CopyTo(grown, 0);
            _turns = grown;
        }
    }
}
