namespace AsyncServer.Runtime;

/// <summary>A wait, perhaps with a time limit, that a coroutine's end signals.</summary>
internal sealed class WaitJoiner(TimedWait wait) : Joiner
{
    internal override string Purpose => wait.Purpose;

    internal override bool IsOver => wait.IsOff;

    internal override bool Interrupt() => wait.Interrupt();

    internal override void Tell(Coroutine ended) => wait.Signal();
}
