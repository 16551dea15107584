using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Start something and wait for its end. Wanted: at most half of <c>Task.Run</c>'s time, at most 300 bytes.</summary>
public class SpawnBenchmark : HubBenchmark
{
    /// <summary>How many do the same at a time: with one, the pool needs one thread and never hands anything over.</summary>
    [Params(1, 64)]
    public int Loops { get; set; }

    /// <summary><c>await Task.Run</c>.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task TaskRun() => OnPool(Loops, static async rounds =>
    {
        for (int i = 0; i < rounds; i++)
            await Task.Run(static () => Task.CompletedTask);
    });

    /// <summary><c>await Coroutine.Spawn</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task SpawnAndAwait() => OnHub(Loops, static async rounds =>
    {
        for (int i = 0; i < rounds; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask);
    });

    /// <summary><c>JoinAsync</c>, which may have a time limit.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task SpawnAndJoin() => OnHub(Loops, static async rounds =>
    {
        for (int i = 0; i < rounds; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask).JoinAsync();
    });
}
