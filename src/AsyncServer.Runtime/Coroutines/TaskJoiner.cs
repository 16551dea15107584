namespace AsyncServer.Runtime;

/// <summary>A task that ends as a coroutine does.</summary>
/// <param name="complete">Gets the coroutine's own task, which has ended.</param>
internal sealed class TaskJoiner(Action<Task> complete) : Joiner
{
    internal override string Purpose => "";

    internal override bool IsOver => false;

    internal override bool Interrupt() => throw new NotSupportedException("A task waits for itself.");

    internal override void Tell(Coroutine ended) => complete(ended.Ended());
}
