namespace AsyncServer.Runtime;

/// <summary>A callback that is linked to a coroutine's end. It runs on that hub, outside of any coroutine.</summary>
/// <param name="callback">The callback.</param>
/// <param name="isMeant">Whether it is called for an end like this.</param>
/// <param name="isImmediate">Whether it is called at the very end, before anybody else can see it; it must not throw then.</param>
internal sealed class LinkJoiner(Action<Coroutine> callback, Func<Coroutine, bool> isMeant, bool isImmediate) : Joiner
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
        if (_isRemoved || !isMeant(ended))
            return;
        if (isImmediate)
            callback(ended);
        else
            ended.Hub.Enqueue(new WorkItem(null, CallCallback, (callback, ended)));
    }
}
