namespace AsyncServer.Runtime;

/// <summary>A callback that is linked to a coroutine's end. It runs on that hub, outside of any coroutine.</summary>
internal sealed class LinkJoiner(Action<Coroutine> callback, Func<Coroutine, bool> isMeant) : Joiner
{
    private static readonly Action<object?> CallCallback = static pair =>
    {
        var (callback, ended) = ((Action<Coroutine>, Coroutine))pair!;
        callback(ended);
    };

    private bool _isRemoved;

    internal override string Purpose => "";

    internal override bool IsOver => _isRemoved;

    internal bool IsOf(Action<Coroutine> other) => !_isRemoved && callback == other;

    internal override bool Interrupt() => _isRemoved = true;

    internal override void Tell(Coroutine ended)
    {
        if (!_isRemoved && isMeant(ended))
            ended.Hub.Enqueue(new WorkItem(null, CallCallback, (callback, ended)));
    }
}
