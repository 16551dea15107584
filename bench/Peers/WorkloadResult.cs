namespace AsyncServer.Bench;

/// <summary>All rounds of a workload.</summary>
internal sealed class WorkloadResult(Workload workload)
{
    private readonly Dictionary<string, SortedDictionary<int, Reading>> _readings = []; // by server, then by round
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
        [.. Quantity.All.Where(quantity =>
            _readings.Values.Any(readings => readings.Values.Any(reading => reading.Values.ContainsKey(quantity))))];

    public void Add(string server, int round, Reading reading)
    {
        if (!_readings.TryGetValue(server, out var readings))
            _readings[server] = readings = [];
        readings.Add(round, reading);
    }

    public void Fail(string server, string reason)
    {
        if (!_failures.Contains((server, reason)))
            _failures.Add((server, reason));
    }

    /// <summary>By round; without those in which it was not measured.</summary>
    public IReadOnlyDictionary<int, double> Values(string server, Quantity quantity) => _readings.TryGetValue(server, out var readings)
        ? readings.Where(reading => reading.Value.Values.ContainsKey(quantity))
            .ToDictionary(reading => reading.Key, reading => reading.Value.Values[quantity])
        : [];

    public Samples? Of(string server, Quantity quantity) =>
        Values(server, quantity) is { Count: > 0 } values ? new Samples(values.Values) : null;

    public long Errors(string server) => _readings.TryGetValue(server, out var readings) ? readings.Values.Sum(reading => reading.Errors)
        : 0;

    /// <summary>Ours divided by a peer's in each round that both have; null when there is none.</summary>
    public Samples? Ratio(Quantity quantity, string peer) => Ratio(quantity, workload.Ours, peer);

    public Samples? Ratio(Quantity quantity, string server, string peer) => Ratio(Values(server, quantity), Values(peer, quantity));

    public static Samples? Ratio(IReadOnlyDictionary<int, double> ours, IReadOnlyDictionary<int, double> theirs)
    {
        double[] ratios = [.. ours.Where(mine => theirs.ContainsKey(mine.Key)).Select(mine => mine.Value / theirs[mine.Key])
            .Where(double.IsFinite)];
        return ratios.Length > 0 ? new Samples(ratios) : null;
    }
}
