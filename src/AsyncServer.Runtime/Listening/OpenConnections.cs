namespace AsyncServer.Runtime;

/// <summary>How many connections of a server are open, from their accept to their end, on whatever hubs. Any thread may use it.</summary>
internal sealed class OpenConnections
{
    private readonly AsyncEvent _none = new(isSet: false, "the last connection");
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal void Add() => Interlocked.Increment(ref _count);

    internal void Remove()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _none.Set();
    }

    /// <summary>Waits until none is left. Called on a hub, by one caller at a time, once no further connections come.</summary>
    /// <param name="timeout">How long at most, by the hub's clock; zero or less only looks.</param>
    /// <returns>Whether none is left.</returns>
    internal ValueTask<bool> WaitForNoneAsync(TimeSpan timeout)
    {
        _none.Clear();
        if (Count == 0)
            _none.Set(); // the last one may have gone before the clearing
        return _none.WaitAsync(timeout);
    }
}
