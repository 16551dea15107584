namespace AsyncServer.Runtime;

/// <summary>Who is told of a coroutine's end: somebody who awaits it, or a linked callback. They form a list, the latest first.</summary>
internal abstract class Joiner : PendingWait
{
    /// <summary>Stands at the head of the list once the coroutine has ended.</summary>
    internal static readonly Joiner Ended = new LinkJoiner(null!, null!, false);

    /// <summary>The one that came before.</summary>
    internal Joiner? Earlier { get; set; }

    /// <summary>Whether nobody is to be told any more.</summary>
    internal abstract bool IsOver { get; }

    /// <summary>Called once, on the thread of the coroutine that has ended.</summary>
    internal abstract void Tell(Coroutine ended);
}
