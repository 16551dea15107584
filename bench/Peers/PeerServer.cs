namespace AsyncServer.Bench;

/// <summary>A server that workloads name, as it is set up here.</summary>
/// <param name="Name">For <c>--servers</c> and the tables.</param>
/// <param name="Family">Gives the colour of its bars: ours, floor, nginx, kestrel or other.</param>
/// <param name="Setup">What it is and how it is set up, with its version.</param>
internal sealed record PeerServer(string Name, string Family, string Setup)
{
    /// <summary>How to start it with an app; null when it has none here.</summary>
    public ServerCommand? App { get; init; }

    /// <summary>How to start it with files; null when it does not serve them here.</summary>
    public ServerCommand? Files { get; init; }

    /// <summary>Why it cannot run on this machine; null when it can.</summary>
    public string? Missing { get; init; }

    public ServerCommand CommandFor(Workload workload) => (workload.IsFiles ? Files : App)
        ?? throw new SetupException($"{Name} has nothing for {workload.Name}");
}
