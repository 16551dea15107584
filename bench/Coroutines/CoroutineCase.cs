using AsyncServer.Runtime;

namespace AsyncServer.Bench;

/// <summary>One thing that coroutines do, beside the same on the thread pool.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Loops">How many do the same at a time: with one, the pool needs one thread and never hands anything over.</param>
/// <param name="OnHub">The loop of a coroutine; it gets the number of its turns.</param>
/// <param name="OnPool">The loop of a task.</param>
/// <param name="Peer">What the pool's is called.</param>
internal sealed record CoroutineCase(string Name, int Loops, Func<int, Task> OnHub, Func<int, Task> OnPool, string Peer)
{
    /// <summary>Turns come in multiples of this, so that they can be shared by 64 loops and by batches.</summary>
    public const int Unit = 64 * CoroutineLoops.Batch;

    /// <summary>Wanted: at most so much of the pool's CPU time.</summary>
    public const double TargetRatio = 0.5;

    /// <summary>Wanted: at most so many bytes for a spawn and the wait for its end.</summary>
    public const int TargetBytes = 300;

    public static IReadOnlyList<CoroutineCase> All { get; } =
    [
        new("spawn and await", 1, CoroutineLoops.SpawnAndAwaitAsync, PoolLoops.RunAsync, "Task.Run"),
        new("spawn and await", 64, CoroutineLoops.SpawnAndAwaitAsync, PoolLoops.RunAsync, "Task.Run"),
        new("spawn and join", 1, CoroutineLoops.SpawnAndJoinAsync, PoolLoops.RunAsync, "Task.Run"),
        new("spawn and join", 64, CoroutineLoops.SpawnAndJoinAsync, PoolLoops.RunAsync, "Task.Run"),
        new("spawn 1000, join all", 1, CoroutineLoops.SpawnManyAsync, PoolLoops.RunManyAsync, "Task.WhenAll"),
        new("yield", 1, CoroutineLoops.YieldAsync, PoolLoops.YieldAsync, "Task.Yield"),
        new("yield", 64, CoroutineLoops.YieldAsync, PoolLoops.YieldAsync, "Task.Yield"),
    ];

    public string Title => Loops == 1 ? Name : $"{Name}, {Loops} loops";

    /// <param name="text">Begins its title; null for all.</param>
    /// <exception cref="SetupException">There is none.</exception>
    public static IReadOnlyList<CoroutineCase> Select(string? text)
    {
        CoroutineCase[] selected = [.. All.Where(one => one.Title.StartsWith(text ?? "", StringComparison.Ordinal))];
        return selected.Length > 0 ? selected
            : throw new SetupException($"no case begins with \"{text}\": {string.Join("; ", All.Select(static one => one.Title))}");
    }

    /// <summary>Its loops as coroutines of a hub.</summary>
    public Task RunOnHub(Hub hub, int turns) => hub.InvokeAsync(
        () => Coroutine.JoinAllAsync([.. Enumerable.Range(0, Loops).Select(_ => Coroutine.Spawn(() => OnHub(turns / Loops)))]).AsTask());

    /// <summary>Its loops as tasks of the pool.</summary>
    public Task RunOnPool(int turns) => Task.WhenAll(Enumerable.Range(0, Loops).Select(_ => Task.Run(() => OnPool(turns / Loops))));
}
