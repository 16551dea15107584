using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Start something and wait for its end. Wanted: at most half of <c>Task.Run</c>'s time, at most 300 bytes.</summary>
public class SpawnBenchmark : HubBenchmark
{
    /// <summary><c>await Task.Run</c>.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task TaskRun() => OnPool(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Task.Run(static () => Task.CompletedTask);
    });

    /// <summary><c>await Coroutine.Spawn</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task SpawnAndAwait() => OnHub(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask);
    });

    /// <summary><c>JoinAsync</c>, which may have a time limit.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task SpawnAndJoin() => OnHub(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask).JoinAsync();
    });
}
