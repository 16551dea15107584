namespace AsyncServer.Load;

/// <summary>One kind of load on a server, and what must hold under it.</summary>
internal sealed class Scenario
{
    /// <summary>What the command line calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What is done to the server, in one line.</summary>
    public required string What { get; init; }

    /// <summary>What must hold for the scenario to pass, in one line.</summary>
    public required string Threshold { get; init; }

    /// <summary>Whether it needs a server of its own on an empty folder that it may change: <see cref="Target.Folder"/>.</summary>
    public bool NeedsFolder { get; init; }

    /// <summary>Makes the load, with whatever engine fits, and reports what came back.</summary>
    public required Func<Target, CancellationToken, Task<Tally>> Run { get; init; }

    /// <summary>Whether <see cref="Threshold"/> holds.</summary>
    public required Func<Tally, bool> Passes { get; init; }

    /// <summary>All of them, in the order of <c>list</c>.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [Smoke.Scenario, ChangingFiles.Scenario];
}
