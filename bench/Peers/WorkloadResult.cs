namespace AsyncServer.Bench;

/// <summary>All rounds of a workload.</summary>
internal sealed class WorkloadResult(Workload workload)
{
    private readonly Dictionary<string, List<Reading>> _readings = [];
    private readonly List<(string Server, string Reason)> _failures = [];

    public Workload Workload => workload;

    /// <summary>Those with at least one round, in the workload's order.</summary>
    public IReadOnlyList<string> Servers => [.. workload.Servers.Where(_readings.ContainsKey)];

    /// <summary>Servers that failed, and why.</summary>
    public IReadOnlyList<(string Server, string Reason)> Failures => _failures;

    /// <summary>Whether our server answered all that it was asked.</summary>
    public bool IsUsable => Errors(workload.Ours) == 0 && _failures.All(failure => failure.Server != workload.Ours);

    /// <summary>What at least one server yielded, in the order of the columns.</summary>
    public IReadOnlyList<Quantity> Quantities =>
        [.. Quantity.All.Where(quantity => _readings.Values.Any(readings => readings.Any(reading => reading.Values.ContainsKey(quantity))))];

    public void Add(string server, Reading reading)
    {
        if (!_readings.TryGetValue(server, out var readings))
            _readings[server] = readings = [];
        readings.Add(reading);
    }

    public void Fail(string server, string reason) => _failures.Add((server, reason));

    /// <summary>Round by round; empty when it was not measured.</summary>
    public IReadOnlyList<double> Values(string server, Quantity quantity) => _readings.TryGetValue(server, out var readings)
        ? [.. readings.Where(reading => reading.Values.ContainsKey(quantity)).Select(reading => reading.Values[quantity])]
        : [];

    public Samples? Of(string server, Quantity quantity) => Values(server, quantity) is { Count: > 0 } values ? new Samples(values) : null;

    public long Errors(string server) => _readings.TryGetValue(server, out var readings) ? readings.Sum(reading => reading.Errors) : 0;

    /// <summary>Ours divided by a peer's in each round; null when one of both is missing.</summary>
    public Samples? Ratio(Quantity quantity, string peer) => Ratio(Values(workload.Ours, quantity), Values(peer, quantity));

    public static Samples? Ratio(IReadOnlyList<double> ours, IReadOnlyList<double> theirs)
    {
        double[] ratios = [.. ours.Zip(theirs, static (mine, other) => mine / other).Where(double.IsFinite)];
        return ratios.Length > 0 ? new Samples(ratios) : null;
    }
}
