using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Run something elsewhere and come back with its end.</summary>
public class CrossHubBenchmark : HubBenchmark
{
    private readonly Hub _other = new();

    /// <summary>Starts the other hub.</summary>
    [GlobalSetup(Targets = [nameof(ToThePool), nameof(ToAnotherHub)])]
    public void StartBoth()
    {
        Start();
        _other.Start();
    }

    /// <summary>Stops both.</summary>
    [GlobalCleanup(Targets = [nameof(ToThePool), nameof(ToAnotherHub)])]
    public Task StopBothAsync() => Task.WhenAll(StopAsync(), _other.Stop());

    /// <summary>From a hub to the pool and back.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task ToThePool() => OnHub(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Task.Run(static () => Task.CompletedTask);
    });

    /// <summary>From a hub to another one and back.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task ToAnotherHub() => OnHub(async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await _other.InvokeAsync(static () => Task.CompletedTask);
    });
}
