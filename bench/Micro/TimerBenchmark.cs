using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Wait with a time limit that is not reached: a timer is set and taken back.</summary>
public class TimerBenchmark : HubBenchmark
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary><c>Task.WaitAsync</c> on the pool.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task WaitAsyncOnPool() => OnPool(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
        {
            var source = new TaskCompletionSource();
            var waiting = source.Task.WaitAsync(Hour);
            source.SetResult();
            await waiting;
        }
    });

    /// <summary>An <c>AsyncEvent</c> on a hub.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task EventOnHub() => OnHub(static async () =>
    {
        var done = new AsyncEvent();
        for (int i = 0; i < Rounds; i++)
        {
            var waiting = done.WaitAsync(Hour).AsTask();
            done.Set();
            await waiting;
            done.Clear();
        }
    });
}
