namespace AsyncServer.Bench;

/// <summary>One kind of load, and the servers that can answer it.</summary>
/// <param name="Name">For <c>--only</c>; what stands before a hyphen names the family.</param>
/// <param name="Title">For a heading.</param>
/// <param name="Explanation">What is done, in a sentence.</param>
/// <param name="Servers">Their names; the first is ours, to which the ratios belong.</param>
internal sealed record Workload(string Name, string Title, string Explanation, IReadOnlyList<string> Servers)
{
    /// <summary>What the bars show, the most telling first.</summary>
    public IReadOnlyList<Quantity> Charts { get; init; } = [Quantity.Cpu, Quantity.P99];

    /// <summary>Whether the servers have a folder of files instead of an app.</summary>
    public bool IsFiles { get; init; }

    public required Func<ServerCommand, PeersPlan, CancellationToken, Task<ITrial>> PrepareAsync { get; init; }

    /// <summary>What a server takes, start and all rounds.</summary>
    public required Func<PeersPlan, TimeSpan> LengthEach { get; init; }

    public string Ours => Servers[0];

    /// <summary>Those that a comma-separated list names, each by its name or its family's.</summary>
    /// <exception cref="SetupException">There is none of that name.</exception>
    public static IReadOnlyList<Workload> Select(IReadOnlyList<Workload> all, string? names)
    {
        if (names is null)
            return all;
        string[] wanted = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string name in wanted)
            if (!all.Any(workload => workload.IsNamed(name)))
                throw new SetupException(
                    $"there is no workload {name}: they are {string.Join(", ", all.Select(workload => workload.Name))}");
        return [.. all.Where(workload => wanted.Any(workload.IsNamed))];
    }

    private bool IsNamed(string name) => Name == name || Name.StartsWith(name + '-', StringComparison.Ordinal);
}
