using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <content>A function for each of many items, a limited number at a time.</content>
public sealed partial class CoroutinePool
{
    /// <summary>
    /// Runs a function for each item, as members of the pool, and returns the results in the order of the items (gevent: <c>map</c>). The
    /// first one that fails has the rest killed; ended early in any way, it ends when they have ended.
    /// </summary>
    /// <typeparam name="TIn">What the items are.</typeparam>
    /// <typeparam name="TOut">What the function returns.</typeparam>
    /// <param name="items">They are taken one at a time, when there is a place for the next.</param>
    /// <param name="function">What it runs. A member that maps over its own pool may wait for itself.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <exception cref="Exception">What the first one threw that failed.</exception>
    /// <exception cref="OperationCanceledException">It or a member was killed, or the hub stopped.</exception>
    /// <exception cref="InvalidOperationException">This thread is not that of the pool's hub.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public async Task<TOut[]> MapAsync<TIn, TOut>(
        IEnumerable<TIn> items, Func<TIn, Task<TOut>> function, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(function);
        await using var calls = new CoroutineGroup { CancelOnFailure = true };
        var spawned = new List<Coroutine<TOut>>();
        foreach (var item in items)
        {
            await TakePlaceAsync();
            if (calls.HasFailed)
            {
                _places.Release();
                break;
            }
            var call = _members.Spawn(() => function(item), file, line);
            calls.Add(call);
            spawned.Add(call);
        }
        await calls.JoinAsync();
        var results = new TOut[spawned.Count];
        for (int i = 0; i < results.Length; i++)
            results[i] = await spawned[i];
        return results;
    }

    /// <summary>
    /// Runs a function for each item, as members of the pool, and gives the results as they come (gevent: <c>imap_unordered</c>). At most
    /// <see cref="Size"/> items are taken ahead of the reader. Leaving the loop early kills what is under way, and so does the first
    /// failure, which is thrown.
    /// </summary>
    /// <inheritdoc cref="MapAsync"/>
    public IAsyncEnumerable<TOut> MapUnordered<TIn, TOut>(
        IEnumerable<TIn> items, Func<TIn, Task<TOut>> function, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) =>
        MapUnordered(items.ToAsyncEnumerable(), function, file, line);

    /// <inheritdoc cref="MapUnordered{TIn, TOut}(IEnumerable{TIn}, Func{TIn, Task{TOut}}, string?, int)"/>
    public IAsyncEnumerable<TOut> MapUnordered<TIn, TOut>(
        IAsyncEnumerable<TIn> items, Func<TIn, Task<TOut>> function, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(function);
        return MapEachAsync(items, function, file, line);
    }

    private async IAsyncEnumerable<TOut> MapEachAsync<TIn, TOut>(
        IAsyncEnumerable<TIn> items, Func<TIn, Task<TOut>> function, string? file, int line,
            [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var calls = new CoroutineGroup();
        var ahead = new HubSemaphore(Size, "pool", "the reader of a pool's results");
        var ended = new JoinableQueue<Coroutine>();
        int unread = 0;
        var feeder = calls.Spawn(async stop =>
        {
            await foreach (var item in items.WithCancellation(stop))
            {
                await ahead.TakeAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
                await TakePlaceAsync();
                var call = _members.Spawn(() => function(item), file, line);
                calls.Add(call);
                call.Link(it => ended.TryPut(it)); // which observes a failure: it is thrown below
                unread++;
            }
        });
        feeder.Link(it => ended.TryPut(it));
        for (bool isFed = false; !isFed || unread > 0;)
        {
            var next = await ended.GetAsync(cancellation: cancellation);
            if (next is not Coroutine<TOut> call)
            {
                await next;
                isFed = true;
                continue;
            }
            var result = await call;
            unread--;
            yield return result;
            ahead.Release();
        }
    }
}
