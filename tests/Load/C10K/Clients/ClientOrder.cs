namespace AsyncServer.Load;

/// <summary>A line to a client process.</summary>
internal sealed record ClientOrder
{
    public required ClientPhase Phase { get; init; }

    /// <summary>Connections to open, or to be active on.</summary>
    public int Count { get; init; }

    /// <summary>Requests that may be under way at a time.</summary>
    public int Window { get; init; }

    /// <summary>The most that the phase may take; the active one takes all of it.</summary>
    public double Seconds { get; init; }

    /// <summary>Requests a second of all active connections of this client together.</summary>
    public double Rate { get; init; }
}
