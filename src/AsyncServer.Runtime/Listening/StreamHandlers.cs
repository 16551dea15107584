using System.Collections.Concurrent;

namespace AsyncServer.Runtime;

/// <summary>
/// The handlers of a stream server that have not ended, to be killed by a stop: coroutines in a group for each hub that has any.
/// </summary>
internal sealed class StreamHandlers
{
    // For the finally blocks of handlers that were killed.
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Hub, CoroutineGroup> _groups = new(); // a group is used on its hub's thread alone
    private volatile bool _isEnding; // set by the stop, read by every hub

    /// <summary>Takes in the current coroutine, which is about to serve a connection; on its hub.</summary>
    /// <returns>False when all are being killed: it came too late to be among them.</returns>
    internal bool TryAdd(Coroutine handler)
    {
        _groups.GetOrAdd(handler.Hub, static _ => new CoroutineGroup()).Add(handler);
        return !_isEnding; // after the adding: either the stop sees the group, or the coroutine sees the stop
    }

    /// <summary>Lets go of a hub that ends with its only connection; on that hub.</summary>
    internal void Leave(Hub hub)
    {
        if (hub.IsOfOneConnection)
            _groups.TryRemove(hub, out _);
    }

    /// <summary>
    /// Kills all of them, on their hubs, and waits for their ends. Those that do not end within a grace are abandoned and their
    /// connections reset; one that blocks its thread cannot even be told. Called on a hub.
    /// </summary>
    internal async Task KillAsync()
    {
        _isEnding = true;
        var ends = _groups.Where(static pair => !pair.Key.IsStopping)
            .Select(static pair => pair.Key.InvokeAsync(() => KillAsync(pair.Value)));
        try { await Task.WhenAll(ends).WaitAsync(2 * KillGrace, Hub.Current!.TimeProvider); }
        catch (TimeoutException) { /* a handler holds its thread */ }
    }

    private static async Task KillAsync(CoroutineGroup handlers)
    {
        if (await handlers.KillAsync(KillGrace))
            return;
        foreach (var abandoned in handlers.Members)
            abandoned.AbortServed();
    }
}
