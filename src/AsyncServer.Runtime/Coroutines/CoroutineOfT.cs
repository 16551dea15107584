namespace AsyncServer.Runtime;

/// <summary>A coroutine that returns something.</summary>
/// <typeparam name="T">What it returns.</typeparam>
public sealed class Coroutine<T> : Coroutine
{
    internal Coroutine(Hub hub, Delegate body, ExecutionContext? context) : base(hub, body, context)
    {
    }

    /// <summary>What it returned (gevent: <c>Greenlet.value</c>).</summary>
    /// <exception cref="InvalidOperationException">It has not ended well.</exception>
    public T Value => IsSuccessful ? ((Task<T>)Work!).Result
        : throw new InvalidOperationException($"{this} has not ended well: it has no value.");

    /// <summary>Awaiting it waits for its end and returns what it returned, or throws what it threw (gevent: <c>get</c>).</summary>
    public new CoroutineAwaiter<T> GetAwaiter() => new(this);

    /// <summary>Waits for its end and returns what it returned, or throws what it threw (gevent: <c>get(timeout)</c>).</summary>
    /// <param name="timeout">Infinite when left out. The coroutine goes on when it is over.</param>
    /// <exception cref="TimeoutException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null)
    {
        if (!await JoinAsync(timeout))
            throw new TimeoutException($"{this} has not ended in {timeout}.");
        return await this;
    }

    /// <summary>A task that ends as the coroutine does; any thread may wait for it.</summary>
    public new Task<T> AsTask() => (Task<T>)base.AsTask();

    private protected override Task Call(object body) =>
        body is Func<Task<T>> function ? function() : ((Func<CancellationToken, Task<T>>)body)(CancellationToken);

    private protected override Task MakeCancelled() => Task.FromCanceled<T>(new CancellationToken(canceled: true));

    private protected override Task MakeFailed(Exception exception) => Task.FromException<T>(exception);

    private protected override (Task Task, Action<Task> Complete) MakeCompletion()
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        return (completion.Task, ended => completion.SetFromTask((Task<T>)ended));
    }
}
