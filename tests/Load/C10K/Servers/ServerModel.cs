namespace AsyncServer.Load;

/// <summary>A way of driving the server, and the options that make it go that way.</summary>
/// <param name="Name">What the command line and the reports call it.</param>
/// <param name="What">How it works, in a few words.</param>
/// <param name="Options">Passed to the server.</param>
internal sealed record ServerModel(string Name, string What, params IReadOnlyList<string> Options)
{
    /// <summary>All, in the order of the reports: the quickest climb from the newest idea to the oldest.</summary>
    public static IReadOnlyList<ServerModel> All { get; } =
    [
        Of("coroutine", "a coroutine for each connection, an event loop for each processor"),
        Of("epoll", "one event loop, told by epoll which connections are ready"),
        Of("poll", "one event loop that hands the whole list of connections to poll(2) each time"),
        Of("select", "the same with select(2), which knows 1,024 descriptors"),
        Of("sweep", "one thread tries every connection in turn, again and again"),
        Of("threads", "a thread for each connection"),
        Of("processes", "a process for each connection") with { ProcessPerConnection = true },
        Of("sequential", "one connection after the other"),
    ];

    /// <summary>Its connections cost a process each, so that memory decides how many may be tried.</summary>
    public bool ProcessPerConnection { get; init; }

    /// <summary>Environment of the server's processes.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The default model in worker processes with an event loop each.</summary>
    /// <param name="count">How many; 0 for one process without workers.</param>
    public static ServerModel Workers(int count) =>
        new("coroutine", count == 0 ? "one process with one event loop" : $"{count} worker processes, each with one event loop",
        ["--hubs", "1", .. count == 0 ? [] : (string[])["--workers", $"{count}"]])
        {
            Environment = SmallProcess.Variables,
        };

    private static ServerModel Of(string name, string what) => new(name, what, "--model", name);
}
