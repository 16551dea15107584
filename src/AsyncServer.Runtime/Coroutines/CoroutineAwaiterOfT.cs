using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>What <c>await coroutine</c> uses where the coroutine returns something.</summary>
/// <typeparam name="T">What it returns.</typeparam>
public readonly struct CoroutineAwaiter<T> : ICriticalNotifyCompletion, IEquatable<CoroutineAwaiter<T>>
{
    private readonly Coroutine<T> _coroutine;

    internal CoroutineAwaiter(Coroutine<T> coroutine) => _coroutine = coroutine;

    /// <summary>Whether the coroutine has ended.</summary>
    public bool IsCompleted => _coroutine.IsCompleted;

    /// <summary>What the coroutine returned; throws what it threw.</summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    /// <exception cref="InvalidOperationException">It has not ended, and this is a hub's thread, which must not block.</exception>
    public T GetResult() => ((Task<T>)_coroutine.Ended()).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _coroutine.AsTask().GetAwaiter().OnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _coroutine.OnEnd(continuation);

    /// <inheritdoc/>
    public bool Equals(CoroutineAwaiter<T> other) => ReferenceEquals(_coroutine, other._coroutine);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CoroutineAwaiter<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(_coroutine);

    /// <summary>Whether both are of the same coroutine.</summary>
    public static bool operator ==(CoroutineAwaiter<T> left, CoroutineAwaiter<T> right) => left.Equals(right);

    /// <summary>Whether they are of different coroutines.</summary>
    public static bool operator !=(CoroutineAwaiter<T> left, CoroutineAwaiter<T> right) => !left.Equals(right);
}
