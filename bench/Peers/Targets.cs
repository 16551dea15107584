using static AsyncServer.Bench.PeerServers;

namespace AsyncServer.Bench;

/// <summary>The promises of speed, each beside its workload's name.</summary>
internal static class Targets
{
    /// <summary>Less than a byte for each request is none: no object is so small, it is what connections cost.</summary>
    private const double NoAllocation = 1;

    public static IReadOnlyList<Target> All { get; } =
    [
        .. Plaintext("plaintext-64"),
        new("plaintext-64", Quantity.P99, 1.0) { Peer = Nginx },
        new("plaintext-64", Quantity.P99, 1.0) { Subject = OneHub, Peer = Nginx },
        new("plaintext-64", Quantity.P99, 1.0) { Peer = Kestrel },
        new("plaintext-64", Quantity.Allocated, NoAllocation),
        .. Plaintext("plaintext-512"),
        new("plaintext-4000", Quantity.Cpu, 1.3) { Against = "plaintext-64" },
        new("pipelined", Quantity.Rate, 2.0) { Peer = Kestrel },
        new("module", Quantity.Cpu, 1.25) { Peer = Floor },
        new("module", Quantity.Cpu, 0.60) { Peer = Kestrel },
        .. SmallFile("static-1k"),
        .. SmallFile("static-10k"),
        new("static-1m", Quantity.Cpu, 1.05) { Peer = Nginx },
        new("static-100m", Quantity.Cpu, 1.05) { Peer = Nginx },
        new("static-100m", Quantity.MachineCpu, 1.05) { Peer = Nginx },
        new("idle", Quantity.IdleMemory, 1024),
        new("start", Quantity.FirstAnswer, 1.0) { Peer = Kestrel },
    ];

    private static IEnumerable<Target> Plaintext(string workload) =>
    [
        new(workload, Quantity.Cpu, 1.10) { Peer = Floor },
        new(workload, Quantity.Cpu, 1.10) { Subject = OneHub, Peer = Floor },
        new(workload, Quantity.Cpu, 1.00) { Peer = Nginx },
        new(workload, Quantity.Cpu, 1.00) { Subject = OneHub, Peer = Nginx },
        new(workload, Quantity.Cpu, 0.55) { Peer = Kestrel },
    ];

    private static IEnumerable<Target> SmallFile(string workload) =>
    [
        new(workload, Quantity.Cpu, 0.70) { Peer = Nginx },
        new(workload, Quantity.Cpu, 0.22) { Peer = Kestrel },
        new(workload, Quantity.Allocated, NoAllocation),
    ];
}
