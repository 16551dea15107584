using System.Collections.Concurrent;
using System.Net;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Support;

/// <summary>A started hub that remembers what was reported to its observer. Ending it checks that nothing is left on it.</summary>
internal sealed class TestHub : IHubObserver, IAsyncDisposable
{
    // Only a broken test waits so long.
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal TestHub(TimeProvider? clock = null, Func<IPoller>? poller = null, TimeSpan? maxTimeStep = null, bool start = true,
        int maxBlockingThreads = 10, TransportKind transport = TransportKind.Auto)
    {
        Hub = new Hub(new HubOptions
        {
            TimeProvider = clock ?? TimeProvider.System,
            MaxTimeStep = maxTimeStep,
            MaxBlockingThreads = maxBlockingThreads,
            Observer = this,
            Transport = transport,
            CreatePoller = poller ?? new HubOptions().CreatePoller,
        });
        if (start)
            Hub.Start();
    }

    internal Hub Hub { get; }

    internal ConcurrentQueue<(Coroutine? Coroutine, Exception Exception)> Failures { get; } = new();

    internal ConcurrentQueue<Coroutine> Abandoned { get; } = new();

    internal ConcurrentQueue<(string Reason, TimeSpan Pause)> Pauses { get; } = new();

    internal ConcurrentQueue<BlockingStretch> Blocked { get; } = new();

    internal ConcurrentQueue<BlockingStretch> Freed { get; } = new();

    internal Task RunAsync(Func<Task> body) => Hub.InvokeAsync(body).WaitAsync(Patience);

    internal Task RunAsync(Action body) => RunAsync(() =>
    {
        body();
        return Task.CompletedTask;
    });

    internal Task SettleAsync() => Hub.SettleAsync().WaitAsync(Patience);

    internal Task StopAsync() => Hub.Stop().WaitAsync(Patience);

    public void CoroutineFailed(Coroutine? coroutine, Exception exception) => Failures.Enqueue((coroutine, exception));

    public void CoroutineAbandoned(Coroutine coroutine, TimeSpan grace) => Abandoned.Enqueue(coroutine);

    public void AcceptPaused(EndPoint? endPoint, string reason, TimeSpan pause) => Pauses.Enqueue((reason, pause));

    public void HubBlocked(Hub hub, BlockingStretch stretch) => Blocked.Enqueue(stretch);

    public void HubFreed(Hub hub, BlockingStretch stretch) => Freed.Enqueue(stretch);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Until.TrueAsync(() => Hub.CoroutineCount == 0, "coroutines ended");
        Assert.Equal(0, Hub.ConnectionCount);
        Assert.Equal(0, Hub.Table.Count);
    }
}
