using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Two that wake each other in turn: a round is two wakes.</summary>
public class WakeBenchmark : HubBenchmark
{
    /// <summary><c>SemaphoreSlim</c>s on the pool.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task SemaphoresOnPool() => OnPool(static async () =>
    {
        using SemaphoreSlim ping = new(0), pong = new(0);
        var other = Task.Run(() => AnswerAsync(ping, pong));
        await AskAsync(ping, pong);
        await other;
    });

    /// <summary>The same on a hub.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task SemaphoresOnHub() => OnHub(static async () =>
    {
        using SemaphoreSlim ping = new(0), pong = new(0);
        var other = Coroutine.Spawn(() => AnswerAsync(ping, pong));
        await AskAsync(ping, pong);
        await other;
    });

    /// <summary><c>AsyncEvent</c>s.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task EventsOnHub() => OnHub(static async () =>
    {
        AsyncEvent ping = new(), pong = new();
        var other = Coroutine.Spawn(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                await ping.WaitAsync(Timeout.InfiniteTimeSpan);
                ping.Clear();
                pong.Set();
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            ping.Set();
            await pong.WaitAsync(Timeout.InfiniteTimeSpan);
            pong.Clear();
        }
        await other;
    });

    private static async Task AskAsync(SemaphoreSlim ping, SemaphoreSlim pong)
    {
        for (int i = 0; i < Rounds; i++)
        {
            ping.Release();
            await pong.WaitAsync();
        }
    }

    private static async Task AnswerAsync(SemaphoreSlim ping, SemaphoreSlim pong)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await ping.WaitAsync();
            pong.Release();
        }
    }
}
