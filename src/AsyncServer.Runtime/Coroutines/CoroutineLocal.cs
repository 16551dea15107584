namespace AsyncServer.Runtime;

/// <summary>
/// A variable of which every coroutine has its own (gevent: <c>local.local</c>). A coroutine does not inherit it from who spawned it (an
/// <see cref="AsyncLocal{T}"/> is inherited), and it is gone when the coroutine ends.
/// </summary>
/// <typeparam name="T">What it holds.</typeparam>
/// <param name="create">
/// Makes a coroutine's first value, when it is read before it was written; the default value of the type when left out.
/// </param>
public sealed class CoroutineLocal<T>(Func<T>? create = null)
{
    /// <summary>The value of the current coroutine.</summary>
    /// <exception cref="InvalidOperationException">This is not a coroutine.</exception>
    public T Value
    {
        get
        {
            var locals = Locals;
            if (locals.TryGetValue(this, out object? value))
                return (T)value!;
            if (create is null)
                return default!;
            var made = create();
            locals[this] = made;
            return made;
        }
        set => Locals[this] = value;
    }

    /// <summary>Whether the current coroutine has a value, written or made.</summary>
    /// <exception cref="InvalidOperationException">This is not a coroutine.</exception>
    public bool HasValue => Locals.ContainsKey(this);

    private static Dictionary<object, object?> Locals => Coroutine.Current is { } current
        ? current.Locals
        : throw new InvalidOperationException("A CoroutineLocal belongs into a coroutine: see Hub.Run.");
}
