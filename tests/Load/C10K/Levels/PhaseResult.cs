namespace AsyncServer.Load;

/// <summary>What came of one phase of a level.</summary>
internal sealed record PhaseResult
{
    public static PhaseResult None { get; } = new() { Wanted = 0, Tally = new PhaseTally(), Seconds = 0, CpuTime = default };

    /// <summary>Requests that were to be made.</summary>
    public required long Wanted { get; init; }

    public required PhaseTally Tally { get; init; }

    public required double Seconds { get; init; }

    /// <summary>What the server needed for it.</summary>
    public required TimeSpan CpuTime { get; init; }

    public Latency Latency => _latency ??= Latency.Of(Tally.Microseconds);

    public long Served => Tally.Served;

    /// <summary>Requests that were made and not served.</summary>
    public long Failed => Tally.Failed;

    /// <summary>Requests that the end of the phase came before.</summary>
    public long NotTried => Math.Max(0, Wanted - Tally.Settled);

    /// <summary>What went wrong, by kind, the most frequent first.</summary>
    public IEnumerable<(Outcome Outcome, long Count)> Errors =>
        Outcomes.Errors.Select(outcome => (outcome, Tally[outcome])).Where(error => error.Item2 > 0)
            .OrderByDescending(error => error.Item2);

    private Latency? _latency;
}
