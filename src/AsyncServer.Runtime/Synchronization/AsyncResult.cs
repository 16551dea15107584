using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace AsyncServer.Runtime;

/// <summary>
/// A value or an exception that comes once and that coroutines wait for (gevent: <c>event.AsyncResult</c>). Any thread may set it;
/// coroutines of several hubs may wait. Unlike gevent's it is set only once.
/// </summary>
/// <typeparam name="T">What comes.</typeparam>
public sealed class AsyncResult<T>
{
    private readonly AsyncEvent _ready = new(isSet: false, "a result");
    private T? _value;
    private ExceptionDispatchInfo? _failure;
    private int _isTaken;

    /// <summary>Whether a value or an exception has come (gevent: <c>ready</c>).</summary>
    public bool IsReady => _ready.IsSet;

    /// <summary>Whether a value has come (gevent: <c>successful</c>).</summary>
    public bool IsSuccessful => IsReady && _failure is null;

    /// <summary>The value (gevent: <c>value</c>).</summary>
    /// <exception cref="InvalidOperationException">None has come.</exception>
    public T Value => IsSuccessful ? _value! : throw new InvalidOperationException("No value has come.");

    /// <summary>The exception, or null if none has come (gevent: <c>exception</c>).</summary>
    public Exception? Exception => IsReady ? _failure?.SourceException : null;

    /// <summary>Sets the value and wakes all waiters (gevent: <c>set</c>).</summary>
    /// <exception cref="InvalidOperationException">It was set already.</exception>
    public void Set(T value)
    {
        if (!TrySet(value))
            throw AlreadySet();
    }

    /// <summary>Sets the exception and wakes all waiters (gevent: <c>set_exception</c>).</summary>
    /// <exception cref="InvalidOperationException">It was set already.</exception>
    public void SetException(Exception exception)
    {
        if (!TrySetException(exception))
            throw AlreadySet();
    }

    /// <summary>The same as <see cref="Set"/>, but tells whether it was the first.</summary>
    public bool TrySet(T value) => TryEnd(value, null);

    /// <summary>The same as <see cref="SetException"/>, but tells whether it was the first.</summary>
    public bool TrySetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return TryEnd(default, exception);
    }

    /// <summary>
    /// Takes over how a coroutine has ended: the target of a <see cref="Coroutine.Link(Action{Coroutine})"/>, as in
    /// <c>coroutine.Link(result.SetFrom)</c> (gevent: <c>link(result)</c>). A kill becomes an <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <exception cref="ArgumentException">It is no <see cref="Coroutine{T}"/> of this type, or has not ended.</exception>
    /// <exception cref="InvalidOperationException">A result was set already.</exception>
    public void SetFrom(Coroutine ended)
    {
        if (ended is not Coroutine<T> { IsCompleted: true } coroutine)
            throw new ArgumentException($"{ended} is no coroutine that has ended and returns {typeof(T)}.", nameof(ended));
        if (coroutine.IsSuccessful)
            Set(coroutine.Value);
        else
            SetException(coroutine.Exception ?? new OperationCanceledException($"{coroutine} was killed."));
    }

    /// <summary>Waits for the value and returns it, or throws the exception that came (gevent: <c>get</c>).</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="TimeoutException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!await WaitAsync(timeout, cancellation))
            throw new TimeoutException($"No result has come in {timeout}.");
        _failure?.Throw();
        return _value!;
    }

    /// <summary>Waits until it is ready and throws nothing that came (gevent: <c>wait</c>).</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <returns>Whether it is ready.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        _ready.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Awaiting it is <see cref="GetAsync"/> without a time limit.</summary>
    public TaskAwaiter<T> GetAwaiter() => GetAsync().AsTask().GetAwaiter();

    private bool TryEnd(T? value, Exception? exception)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
            return false;
        _value = value;
        _failure = exception is null ? null : ExceptionDispatchInfo.Capture(exception);
        _ready.Set(); // publishes both
        return true;
    }

    private static InvalidOperationException AlreadySet() => new("The result was set already.");
}
