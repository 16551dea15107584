namespace AsyncServer.Runtime;

/// <content>Calls that block.</content>
public sealed partial class Hub
{
    /// <summary>
    /// Runs a function that blocks on a thread of its own kind and goes on here with its result (gevent: <c>hub.threadpool</c>). Each hub
    /// has up to <see cref="HubOptions.MaxBlockingThreads"/> such threads; more calls wait for their turn. The execution context flows into
    /// the call. When the waiting coroutine is killed, a call that has not begun never does; one that has begun goes on, its result is
    /// dropped, and its exception is reported to <see cref="IHubObserver.CoroutineFailed"/> without a coroutine.
    /// </summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <exception cref="Exception">What the function threw, with the stack of where it threw.</exception>
    /// <exception cref="OperationCanceledException">Killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static ValueTask<T> RunBlockingAsync<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var hub = Current ?? throw new InvalidOperationException("Hub.RunBlockingAsync needs a hub on this thread: see Hub.Run.");
        return new BlockingCall<T>(hub, function).RunAsync(hub._blockingThreads);
    }

    /// <inheritdoc cref="RunBlockingAsync{T}(Func{T})"/>
    public static async ValueTask RunBlockingAsync(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        await RunBlockingAsync(() =>
        {
            action();
            return true;
        });
    }
}
