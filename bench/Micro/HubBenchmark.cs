using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>
/// A measured loop is one async function of <see cref="Rounds"/> rounds: on a hub it is a coroutine of that hub, beside it the same on the
/// thread pool. What it costs to get there is shared by the rounds.
/// </summary>
[MemoryDiagnoser]
public abstract class HubBenchmark
{
    /// <summary>Rounds in one measured call.</summary>
    public const int Rounds = 10_000;

    private Hub _hub = null!;

    /// <summary>Starts the hub.</summary>
    [GlobalSetup]
    public void Start()
    {
        _hub = new Hub();
        _hub.Start();
    }

    /// <summary>Stops it.</summary>
    [GlobalCleanup]
    public Task StopAsync() => _hub.Stop();

    /// <summary>Runs a loop as a coroutine.</summary>
    protected Task OnHub(Func<Task> loop) => _hub.InvokeAsync(loop);

    /// <summary>Runs a loop on the thread pool.</summary>
    protected static Task OnPool(Func<Task> loop) => Task.Run(loop);

    /// <summary>Runs a loop as several coroutines that share the rounds.</summary>
    /// <param name="count">How many.</param>
    /// <param name="loop">Gets its number of rounds.</param>
    protected Task OnHub(int count, Func<int, Task> loop) => _hub.InvokeAsync(() =>
        Coroutine.JoinAllAsync([.. Enumerable.Range(0, count).Select(_ => Coroutine.Spawn(() => loop(Rounds / count)))]).AsTask());

    /// <summary>Runs a loop as several tasks on the thread pool that share the rounds.</summary>
    /// <inheritdoc cref="OnHub(int, Func{int, Task})"/>
    protected static Task OnPool(int count, Func<int, Task> loop) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => loop(Rounds / count))));
}
