namespace AsyncServer.Load;

/// <summary>What came of a level.</summary>
internal sealed record LevelResult
{
    public required ServerModel Model { get; init; }

    public required int Connections { get; init; }

    /// <summary>Why there was nothing to measure; null when there was.</summary>
    public string? CouldNotRun { get; init; }

    /// <summary>Why it ended before every connection was served; null when nothing did.</summary>
    public string? Stopped { get; init; }

    /// <summary>Every connection is opened and asks once.</summary>
    public PhaseResult Opening { get; init; } = PhaseResult.None;

    /// <summary>Every open connection asks once more.</summary>
    public PhaseResult Again { get; init; } = PhaseResult.None;

    /// <summary>A few ask at a steady rate, the others are idle.</summary>
    public PhaseResult Active { get; init; } = PhaseResult.None;

    /// <summary>The server before the first connection.</summary>
    public ProcessTree Before { get; init; } = ProcessTree.Nothing;

    /// <summary>The server with all connections open, after the second round.</summary>
    public ProcessTree Full { get; init; } = ProcessTree.Nothing;

    /// <summary>What the whole machine, clients and system included, had to give while they were open.</summary>
    public long MachineBytes { get; init; }

    /// <summary>How opening went.</summary>
    public IReadOnlyList<OpeningSample> Curve { get; init; } = [];

    public bool HasRun => CouldNotRun is null;

    public long Served => Opening.Served;

    public long Unserved => Connections - Served;

    /// <summary>Connections that were served, and once more when all were open: so many the server really holds.</summary>
    public long Held => Again.Served;

    public bool HeldAll => HasRun && Held == Connections;

    /// <summary>Requests that failed on connections that had been served once.</summary>
    public long LaterErrors => Again.Failed + Again.NotTried + Active.Failed;

    /// <summary>What each connection adds to the server's memory; not a number where none was held.</summary>
    public double BytesPerConnection => Held == 0 ? double.NaN : Math.Max(0, Full.ResidentBytes - Before.ResidentBytes) / (double)Held;

    /// <summary>Threads that came with the connections; not a number where none was held.</summary>
    public double ThreadsPerConnection => Held == 0 ? double.NaN : Math.Max(0, Full.Threads - Before.Threads) / (double)Held;

    public TimeSpan CpuTime => Opening.CpuTime + Again.CpuTime + Active.CpuTime;

    /// <summary>The server's CPU time for a request of the active phase; not a number where there was none.</summary>
    public double ActiveMicrosecondsPerRequest => Active.Served == 0 ? double.NaN : Active.CpuTime.TotalMicroseconds / Active.Served;
}
