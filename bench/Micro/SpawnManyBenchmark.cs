using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Start a thousand at once and wait for all of them: <c>gevent.spawn</c> in a loop, then <c>gevent.joinall</c>.</summary>
public class SpawnManyBenchmark : HubBenchmark
{
    private const int Batch = 1000;

    /// <summary><c>Task.Run</c> a thousand times, then <c>Task.WhenAll</c>.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task TaskRun() => OnPool(1, static async rounds =>
    {
        var tasks = new Task[Batch];
        for (int i = 0; i < rounds / Batch; i++)
        {
            for (int j = 0; j < Batch; j++)
                tasks[j] = Task.Run(static () => Task.CompletedTask);
            await Task.WhenAll(tasks);
        }
    });

    /// <summary><c>Coroutine.Spawn</c> a thousand times, then <c>Coroutine.JoinAllAsync</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task SpawnAndJoinAll() => OnHub(1, static async rounds =>
    {
        var coroutines = new Coroutine[Batch];
        for (int i = 0; i < rounds / Batch; i++)
        {
            for (int j = 0; j < Batch; j++)
                coroutines[j] = Coroutine.Spawn(static () => Task.CompletedTask);
            await Coroutine.JoinAllAsync(coroutines);
        }
    });
}
