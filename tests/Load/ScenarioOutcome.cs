namespace AsyncServer.Load;

/// <summary>What came of a scenario, for reports.</summary>
internal sealed record ScenarioOutcome(Scenario Scenario, ScenarioStatus Status)
{
    /// <summary>Why it did not run; null when it did.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<LoadResult> Results { get; init; } = [];

    public IReadOnlyList<Check> Checks { get; init; } = [];

    public IReadOnlyList<ServerSample> Samples { get; init; } = [];
}
