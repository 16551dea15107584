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

    /// <summary>Connections unless the command line says how many; zero when their number is fixed.</summary>
    public int Connections { get; init; }

    /// <summary>Requests a second unless the command line says how many; zero when it is fixed.</summary>
    public double Rate { get; init; }

    /// <summary>How long it asks, unless the command line says.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether <c>run all</c> runs it.</summary>
    public bool IsInAll { get; init; } = true;

    /// <summary>Whether it needs a server of its own on an empty folder that it fills: <see cref="Target.Folder"/>.</summary>
    public bool NeedsFolder { get; init; }

    /// <summary>Options for a server of its own.</summary>
    public IReadOnlyList<string> ServerOptions { get; init; } = [];

    /// <summary>Makes the load, on the clients' hub, and tells the run what came of it.</summary>
    public required Func<ScenarioRun, Task> Run { get; init; }

    /// <summary>All of them, in the order of <c>list</c>.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Smoke.Scenario, Plaintext.Scenario, StaticSmall.Scenario, StaticLarge.Scenario, WsgiApp.Scenario, Upload.Scenario,
            KeepAliveMix.Scenario,
        ConnectionChurn.Scenario, SlowClients.Scenario, Pipelining.Scenario, IdleAndActive.Scenario, ChangingFiles.Scenario, Soak.Scenario,
    ];
}
