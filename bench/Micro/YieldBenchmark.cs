using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Let others run and go on. Wanted: at most half of <c>Task.Yield</c>'s time.</summary>
public class YieldBenchmark : HubBenchmark
{
    /// <summary>How many do the same at a time: with one, the pool needs one thread and never hands anything over.</summary>
    [Params(1, 64)]
    public int Loops { get; set; }

    /// <summary><c>await Task.Yield()</c>.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task TaskYield() => OnPool(Loops, static async rounds =>
    {
        for (int i = 0; i < rounds; i++)
            await Task.Yield();
    });

    /// <summary><c>await Coroutine.Yield()</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task CoroutineYield() => OnHub(Loops, static async rounds =>
    {
        for (int i = 0; i < rounds; i++)
            await Coroutine.Yield();
    });
}
