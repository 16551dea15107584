using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>What <see cref="Coroutine.Yield"/> returns: awaiting it puts the coroutine at the end of its hub's queue.</summary>
public readonly struct YieldAwaitable : ICriticalNotifyCompletion, IEquatable<YieldAwaitable>
{
    private readonly Hub _hub;

    private YieldAwaitable(Hub hub) => _hub = hub;

    /// <summary>Always false: a yield suspends.</summary>
    public bool IsCompleted => false;

    /// <summary>The awaiter: the value itself.</summary>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public YieldAwaitable GetAwaiter()
    {
        // Thrown here it reaches the method that awaits; thrown from UnsafeOnCompleted it would end the process.
        return new YieldAwaitable(Hub.Current ?? throw new InvalidOperationException(
            "Coroutine.Yield needs a hub on this thread: see Hub.Run."));
    }

    /// <summary>Nothing to return.</summary>
    /// <exception cref="OperationCanceledException">The coroutine was killed.</exception>
    public void GetResult() => _hub.Running?.ThrowIfInterrupted();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _hub.EnqueueHere(new WorkItem(_hub.Running, continuation, null));

    /// <inheritdoc/>
    public bool Equals(YieldAwaitable other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is YieldAwaitable;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>All values are equal.</summary>
    public static bool operator ==(YieldAwaitable left, YieldAwaitable right) => left.Equals(right);

    /// <summary>All values are equal.</summary>
    public static bool operator !=(YieldAwaitable left, YieldAwaitable right) => !left.Equals(right);
}
