namespace AsyncServer.Runtime;

/// <summary>A piece of work for a hub: a callback, and the coroutine as which it runs.</summary>
/// <param name="Coroutine">Becomes the synchronization context for the call; null runs it without one.</param>
/// <param name="Callback">
/// An <see cref="Action{T}"/> of object, an <see cref="Action"/> or a <see cref="SendOrPostCallback"/>; these forms reach us from the BCL.
/// Null starts the coroutine.
/// </param>
/// <param name="State">The callback's argument, if it has one.</param>
internal readonly record struct WorkItem(Coroutine? Coroutine, Delegate? Callback, object? State)
{
    /// <summary>The first piece of a coroutine. Nulls cost the queue less than references.</summary>
    internal static WorkItem Start(Coroutine coroutine) => new(coroutine, null, null);

    internal void Invoke()
    {
        if (Callback is Action<object?> action)
            action(State);
        else if (Callback is Action plain)
            plain();
        else if (Callback is null)
            Coroutine!.Start();
        else
            ((SendOrPostCallback)Callback)(State);
    }
}
