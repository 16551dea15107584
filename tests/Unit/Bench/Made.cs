using AsyncServer.Bench;

namespace AsyncServer.Unit.Bench;

/// <summary>Results that nobody measured.</summary>
internal static class Made
{
    internal static Workload Workload(string name, params string[] servers) => new(name, $"The {name} <load>", "What `it` does.", servers)
    {
        PrepareAsync = static (_, _, _) => throw new InvalidOperationException("nothing is measured here"),
        LengthEach = static _ => TimeSpan.Zero,
    };

    /// <summary>One quantity, each server with its rounds.</summary>
    internal static WorkloadResult Result(Workload workload, Quantity quantity, params (string Server, double[] Rounds)[] servers)
    {
        var result = new WorkloadResult(workload);
        foreach (var (server, rounds) in servers)
            foreach (var (round, value) in rounds.Index())
                result.Add(server, round, new Reading(new Dictionary<Quantity, double> { [quantity] = value }));
        return result;
    }

    /// <summary>A page with one workload, a met target, a missed one, and one that was not measured.</summary>
    internal static ComparisonPage Page()
    {
        var result = Result(Workload("plain", "ours", "nginx", "gone"), Quantity.Cpu, ("ours", [6, 5, 7]), ("nginx", [10, 10, 10]));
        result.Fail("gone", "it <ended>");
        return new ComparisonPage(
            ["machine: a fast one"], "dotnet run", PeersPlan.Full,
            [new("ours", "ours", "our `server`"), new("nginx", "nginx", "nginx 1.0"),
                new("gone", "other", "") { Missing = "gone is not installed" }],
            [result],
            [
                .. ((Target[])
                [
                    new("plain", Quantity.Cpu, 0.7) { Peer = "nginx" },
                    new("plain", Quantity.Cpu, 0.5) { Peer = "nginx" },
                    new("other", Quantity.Cpu, 1.0) { Peer = "nginx" },
                ]).Select(target => target.Judge([result])),
            ]);
    }
}
