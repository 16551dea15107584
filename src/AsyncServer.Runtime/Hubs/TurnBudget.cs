namespace AsyncServer.Runtime;

/// <summary>
/// How much of one thing a hub does before everything else on it has a turn. All of these budgets are here, so that they can be held
/// against each other: none should take much longer than another, and each is large enough that the change of turns costs next to nothing.
/// </summary>
public static class TurnBudget
{
    /// <summary>
    /// Bytes that one connection receives or sends, or a response takes, without waiting: some 50 µs of copying. A peer that is as fast as
    /// the server would keep the hub to itself otherwise.
    /// </summary>
    public const int Bytes = 256 * 1024;

    /// <summary>Pipelined requests of one connection that are answered in a row.</summary>
    public const int Requests = 16;

    /// <summary>Reads that drop what a peer still sends after the end of its connection.</summary>
    public const int DroppedReads = 16;

    /// <summary>Connections that one listener accepts in a row.</summary>
    public const int Accepts = 64;

    /// <summary>
    /// Ready items of work that run before the hub polls: work that always makes more work must not keep connections waiting. It is odd and
    /// prime so that programs whose work comes in round numbers do not fall into step with it.
    /// </summary>
    internal const int Items = 61;

    /// <summary>Items of work taken from other threads: posters that never pause must not keep the hub from its connections.</summary>
    internal const int RemoteItems = 1024;
}
