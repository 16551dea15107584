namespace AsyncServer.Runtime;

/// <content>Waiting for time.</content>
public partial class Coroutine
{
    /// <summary>Waits on the current hub without holding its thread (gevent: <c>sleep</c>).</summary>
    /// <param name="duration">
    /// How long; zero or less lets everything run that is ready now, <see cref="Timeout.InfiniteTimeSpan"/> waits until cancelled.
    /// </param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    public static ValueTask Sleep(TimeSpan duration, CancellationToken cancellation = default)
    {
        var hub = Hub.Current ?? throw new InvalidOperationException("Coroutine.Sleep needs a hub on this thread: see Hub.Run.");
        return hub.SleepAsync(duration, cancellation);
    }

    /// <summary>Lets everything run on this hub that is ready, then goes on (gevent: <c>sleep(0)</c>). It always suspends.</summary>
    /// <exception cref="InvalidOperationException">On awaiting: this thread is not a hub's.</exception>
    public static YieldAwaitable Yield() => default;

    /// <summary>
    /// Runs a part of the current coroutine with a time limit (gevent: <c>with_timeout</c>, <c>Timeout</c>). When the time is over, the
    /// waits of this library that the body is in end as in a kill, its token is cancelled, and once it has ended this throws.
    /// </summary>
    /// <param name="timeout">
    /// How long; <see cref="Timeout.InfiniteTimeSpan"/> for no limit, zero or less is over at the body's first wait.
    /// </param>
    /// <param name="body">What it runs; its token is for waits that are not of this library.</param>
    /// <exception cref="TimeoutException">
    /// The time was over and the body ended because of it. Nested: that of the limit which was over first.
    /// </exception>
    /// <exception cref="InvalidOperationException">This is not a coroutine.</exception>
    public static Task WithTimeoutAsync(TimeSpan timeout, Func<CancellationToken, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return WithTimeoutAsync(timeout, async cancellation =>
        {
            await body(cancellation);
            return true;
        });
    }

    /// <typeparam name="T">What the body returns.</typeparam>
    /// <returns>What the body returned.</returns>
    /// <inheritdoc cref="WithTimeoutAsync(TimeSpan, Func{CancellationToken, Task})"/>
    public static async Task<T> WithTimeoutAsync<T>(TimeSpan timeout, Func<CancellationToken, Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var coroutine = Current ?? throw new InvalidOperationException("Coroutine.WithTimeoutAsync belongs into a coroutine: see Hub.Run.");
        using var limit = new TimeLimit(coroutine, timeout);
        try
        {
            return await body(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsOver && !coroutine.Has(States.Killed))
        {
            throw new TimeoutException($"The time limit of {timeout} is over.");
        }
    }

    /// <summary>Whether a part of it runs under a <see cref="TimeLimit"/>, so that its waits are told to it.</summary>
    private bool IsLimited => _details is { TimeLimits: > 0 };

    internal void EnterTimeLimit() => Detail.TimeLimits++;

    internal void LeaveTimeLimit() => Detail.TimeLimits--;
}
