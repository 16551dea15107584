namespace AsyncServer.Runtime;

/// <summary>What a hub does. Of one that hangs only what other threads can see.</summary>
public sealed class HubInfo
{
    internal HubInfo(Hub hub, HubState state)
    {
        State = state;
        Id = hub.Id;
        Thread = hub.ThreadName;
        Turns = hub.Turn;
        ConnectionCount = hub.ConnectionCount;
        CoroutineCount = hub.CoroutineCount;
        Spawned = hub.Occupancy.Spawned;
        Ended = hub.Occupancy.Ended;
        Failed = hub.Occupancy.Failed;
        Abandoned = hub.Occupancy.Abandoned;
        BlockedCount = hub.Watch?.Count ?? 0;
        Blocked = hub.Watch?.Worst() ?? [];
        if (state == HubState.Hanging)
            Current = hub.Running?.ToString();
    }

    /// <summary>The hub's number.</summary>
    public int Id { get; }

    /// <summary>The name of its thread.</summary>
    public string Thread { get; }

    /// <summary>What it was doing when it was asked.</summary>
    public HubState State { get; }

    /// <summary>The coroutine that holds it, if it hangs and one does.</summary>
    public string? Current { get; }

    /// <summary>See <see cref="Hub.Turn"/>.</summary>
    public long Turns { get; }

    /// <summary>See <see cref="Hub.ConnectionCount"/>.</summary>
    public int ConnectionCount { get; }

    /// <summary>See <see cref="Hub.CoroutineCount"/>.</summary>
    public int CoroutineCount { get; }

    /// <summary>Pieces of work that waited for their turn.</summary>
    public int ReadyCount { get; internal init; }

    /// <summary>Coroutines that were spawned since the hub was made.</summary>
    public long Spawned { get; }

    /// <summary>Those of them that have ended.</summary>
    public long Ended { get; }

    /// <summary>Those that ended with an exception.</summary>
    public long Failed { get; }

    /// <summary>Those that were killed, did not end within the grace and were given up.</summary>
    public long Abandoned { get; }

    /// <summary>How often one piece of code held the hub for longer than <see cref="HubOptions.BlockingThreshold"/>.</summary>
    public long BlockedCount { get; }

    /// <summary>
    /// The longest of those in the last hour, at most ten, the longest first; one that is under way comes with its length so far.
    /// </summary>
    public IReadOnlyList<BlockingStretch> Blocked { get; }

    /// <summary>
    /// Those that have started, the oldest first; members of a coroutine's group are its children. Empty for a hub that hangs.
    /// </summary>
    public IReadOnlyList<CoroutineInfo> Coroutines { get; internal init; } = [];
}
