namespace AsyncServer.Runtime;

/// <summary>The coroutines of a hub, linked through themselves: joining and leaving costs a few writes. The oldest comes first.</summary>
internal sealed class CoroutineList
{
    private Coroutine? _first;
    private Coroutine? _last;

    internal void Add(Coroutine coroutine)
    {
        coroutine.Previous = _last;
        if (_last is null)
            _first = coroutine;
        else
            _last.Next = coroutine;
        _last = coroutine;
    }

    internal void Remove(Coroutine coroutine)
    {
        if (coroutine.Previous is { } previous)
            previous.Next = coroutine.Next;
        else
            _first = coroutine.Next;
        if (coroutine.Next is { } next)
            next.Previous = coroutine.Previous;
        else
            _last = coroutine.Previous;
        coroutine.Previous = coroutine.Next = null;
    }

    internal void ForEach(Action<Coroutine> action)
    {
        for (var coroutine = _first; coroutine is not null; coroutine = coroutine.Next)
            action(coroutine);
    }
}
