namespace AsyncServer.Load;

/// <summary>What client processes do, in this order.</summary>
internal enum ClientPhase
{
    /// <summary>Open connections and ask once on each.</summary>
    Open,

    /// <summary>Ask once more on every open connection.</summary>
    Again,

    /// <summary>Ask on a few of them at a steady rate while the others are idle.</summary>
    Active,

    /// <summary>No phase: end the present one with what it has.</summary>
    Stop,
}
