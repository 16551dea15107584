namespace AsyncServer.Bench;

/// <summary>How long and how often.</summary>
internal sealed record PeersPlan(int Rounds, TimeSpan Duration, TimeSpan WarmUp, int IdleConnections, TimeSpan Settle)
{
    public static PeersPlan Full { get; } = new(5, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), 10_000, TimeSpan.FromSeconds(3));

    /// <summary>Shows that everything works; its numbers mean little.</summary>
    public static PeersPlan Quick { get; } = new(1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2_000, TimeSpan.FromSeconds(3));

    /// <summary>How long the workloads take, with as many servers as each has.</summary>
    public TimeSpan Estimate(IEnumerable<Workload> workloads) =>
        workloads.Aggregate(TimeSpan.Zero, (sum, workload) => sum + workload.LengthEach(this) * workload.Servers.Count);
}
