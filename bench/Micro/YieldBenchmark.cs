using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Let others run and go on. Wanted: at most half of <c>Task.Yield</c>'s time.</summary>
public class YieldBenchmark : HubBenchmark
{
    /// <summary><c>await Task.Yield()</c>.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task TaskYield() => OnPool(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Task.Yield();
    });

    /// <summary><c>await Coroutine.Yield()</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task CoroutineYield() => OnHub(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Coroutine.Yield();
    });
}
