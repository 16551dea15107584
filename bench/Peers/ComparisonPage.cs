namespace AsyncServer.Bench;

/// <summary>What a run leaves behind: where it was made, on what, and what came out.</summary>
/// <param name="Facts">The machine, the runtime, the commit, the load generator.</param>
/// <param name="Command">How to repeat it.</param>
/// <param name="Plan">How long and how often.</param>
/// <param name="Servers">Those that were asked for, missing ones too.</param>
/// <param name="Results">A result for each workload.</param>
/// <param name="Verdicts">A verdict for each target.</param>
internal sealed record ComparisonPage(
    IReadOnlyList<string> Facts, string Command, PeersPlan Plan, IReadOnlyList<PeerServer> Servers, IReadOnlyList<WorkloadResult> Results,
        IReadOnlyList<Verdict> Verdicts)
{
    public const string Title = "Benchmarks";

    /// <summary>For who reads a number here for the first time.</summary>
    public static IReadOnlyList<string> Explanations { get; } =
    [
        "**CPU µs/request** is what a server pays: user and system time of its process, from the process's CPU clock, divided by the "
            + "answers that arrived. It is steadier than "
            + "requests/s, since the load generator shares the machine with the server. It is what to compare first. ± is half of the "
                + "distance between the least and the most.",
        "**Machine's CPU µs/request** is what all processors worked in a round, the load generator included (`/proc/stat`), divided by "
            + "the answers. On one machine the system brings bytes to the client at "
            + "the server's expense or at the client's own: large files of two servers compare by this figure.",
        "**p50** and **p99** are latencies as the load generator sees them under full load; compare them only within a table.",
        "**A ratio** is ours divided by the peer's in the same round; printed are the median of the rounds and, in parentheses, the "
            + "least and the most. Below 1 we use less, or, for requests/s, do less.",
        "**The floor** is a C program that reads, counts requests and sends a canned answer, with no parser, routes or timers: the "
            + "least that a server can do on that machine.",
        "**Allocated bytes/request** is what the managed process says it has allocated (`GC.GetTotalAllocatedBytes`) after a round "
            + "less before it, divided by the requests. New "
            + "connections are in it: less than a byte means that requests allocate nothing.",
        "**Resident MB** is read when a round ends.",
    ];

    public string Method =>
        $"All servers of a workload run and take turns: a round of {Plan.Duration.TotalSeconds:0} s on each, {Plan.Rounds} "
            + $"{(Plan.Rounds == 1 ? "round" : "rounds")}, after {Plan.WarmUp.TotalSeconds:0} s of warm-up each. "
        + "None of them has worker processes. Every number is the median of the rounds.";

    public int Met => Verdicts.Count(verdict => verdict.IsMet == true);

    public int Missed => Verdicts.Count(verdict => verdict.IsMet == false);

    public string Summary =>
        $"{Met} of {Verdicts.Count} targets met, {Missed} missed, {Verdicts.Count - Met - Missed} not measured.";

    /// <summary>The set-up of a server, or why it did not run.</summary>
    public static string Describe(PeerServer server) => server.Missing is { } reason ? $"skipped: {reason}" : server.Setup;
}
