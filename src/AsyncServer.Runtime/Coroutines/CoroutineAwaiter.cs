using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>What <c>await coroutine</c> uses.</summary>
public readonly struct CoroutineAwaiter : ICriticalNotifyCompletion, IEquatable<CoroutineAwaiter>
{
    private readonly Coroutine _coroutine;

    internal CoroutineAwaiter(Coroutine coroutine) => _coroutine = coroutine;

    /// <summary>Whether the coroutine has ended.</summary>
    public bool IsCompleted => _coroutine.IsCompleted;

    /// <summary>Throws what the coroutine threw.</summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    /// <exception cref="InvalidOperationException">It has not ended, and this is a hub's thread, which must not block.</exception>
    public void GetResult() => _coroutine.Ended().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _coroutine.AsTask().GetAwaiter().OnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _coroutine.OnEnd(continuation);

    /// <inheritdoc/>
    public bool Equals(CoroutineAwaiter other) => ReferenceEquals(_coroutine, other._coroutine);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CoroutineAwaiter other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(_coroutine);

    /// <summary>Whether both are of the same coroutine.</summary>
    public static bool operator ==(CoroutineAwaiter left, CoroutineAwaiter right) => left.Equals(right);

    /// <summary>Whether they are of different coroutines.</summary>
    public static bool operator !=(CoroutineAwaiter left, CoroutineAwaiter right) => !left.Equals(right);
}
