using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>
/// A group of coroutines of which only so many run at a time (gevent: <c>pool.Pool</c>): who spawns one more waits until one has ended, in
/// the order in which they came. It belongs to the hub that uses it first. Disposing it ends all.
/// </summary>
public sealed partial class CoroutinePool : IAsyncDisposable
{
    private readonly HubSemaphore _places;
    private readonly CoroutineGroup _members;
    private bool _isDisposed;

    /// <summary>Makes a pool without members.</summary>
    /// <param name="size">How many members run at a time, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    public CoroutinePool(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        _places = new HubSemaphore(size, "pool", "a place in a pool");
        _members = new CoroutineGroup { MemberEnded = _places.Release };
    }

    /// <summary>How many members run at a time (gevent: <c>size</c>).</summary>
    public int Size { get; }

    /// <summary>How many members have not ended (gevent: <c>len(pool)</c>).</summary>
    public int Count => _members.Count;

    /// <summary>Places that nobody has or is about to take (gevent: <c>free_count</c>).</summary>
    public int FreeCount => _places.Free;

    /// <summary>Whether a spawn would wait (gevent: <c>full</c>).</summary>
    public bool IsFull => FreeCount == 0;

    /// <summary>Whether a coroutine is a member that has not ended.</summary>
    public bool Contains(Coroutine coroutine) => _members.Contains(coroutine);

    /// <summary>
    /// Waits for a place and spawns a member in it (gevent: <c>Pool.spawn</c>). Awaiting this gives the coroutine, not its result.
    /// </summary>
    /// <param name="body">What it runs.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <returns>The coroutine; awaiting it is optional.</returns>
    /// <exception cref="OperationCanceledException">Killed while it waited for a place, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not that of the pool's hub.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public async ValueTask<Coroutine> SpawnAsync(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        await TakePlaceAsync();
        return _members.Spawn(body, file, line);
    }

    /// <param name="body">What it runs; it gets the coroutine's <see cref="Coroutine.CancellationToken"/>.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <inheritdoc cref="SpawnAsync(Func{Task}, string?, int)"/>
    public async ValueTask<Coroutine> SpawnAsync(
        Func<CancellationToken, Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        await TakePlaceAsync();
        return _members.Spawn(body, file, line);
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <inheritdoc cref="SpawnAsync(Func{Task}, string?, int)"/>
    public async ValueTask<Coroutine<T>> SpawnAsync<T>(Func<Task<T>> body, [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        await TakePlaceAsync();
        return _members.Spawn(body, file, line);
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <inheritdoc cref="SpawnAsync(Func{CancellationToken, Task}, string?, int)"/>
    public async ValueTask<Coroutine<T>> SpawnAsync<T>(
        Func<CancellationToken, Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        await TakePlaceAsync();
        return _members.Spawn(body, file, line);
    }

    /// <summary>Waits until a place is free and does not take it (gevent: <c>wait_available</c>).</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <returns>Whether one is free.</returns>
    /// <exception cref="OperationCanceledException">Killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not that of the pool's hub.</exception>
    public async ValueTask<bool> WaitAvailableAsync(TimeSpan? timeout = null)
    {
        if (!await _places.TakeAsync(timeout ?? Timeout.InfiniteTimeSpan, CancellationToken.None))
            return false;
        _places.Release();
        return true;
    }

    /// <summary>Waits until no member is left (gevent: <c>Pool.join</c>). Who waits for a place is no member.</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <returns>Whether none is left.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null) => _members.JoinAsync(timeout);

    /// <summary>
    /// Kills all members and waits for their ends (gevent: <c>Pool.kill</c>). A member that calls it is killed last; a caller that waits
    /// for a place gets it.
    /// </summary>
    /// <param name="grace">For all together; infinite when left out.</param>
    /// <returns>Whether all have ended; who has not is reported.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public ValueTask<bool> KillAsync(TimeSpan? grace = null) => _members.KillAsync(grace);

    /// <summary>
    /// Kills all members and waits for their ends, however long that takes; spawning throws from now on, also for a caller that waits for a
    /// place.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _members.DisposeAsync();
    }

    private async ValueTask TakePlaceAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _places.TakeAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
        if (!_isDisposed)
            return;
        _places.Release();
        throw new ObjectDisposedException(nameof(CoroutinePool));
    }
}
