namespace AsyncServer.Runtime;

/// <summary>Something that a coroutine waits in. Used on its hub's thread.</summary>
internal abstract class PendingWait
{
    /// <summary>The next in the list of its coroutine's waits.</summary>
    internal PendingWait? Next { get; set; }

    /// <summary>The innermost time limit that it is under.</summary>
    internal TimeLimit? Limit { get; set; }

    /// <summary>What it waits for, in a report's words.</summary>
    internal abstract string Purpose { get; }

    /// <summary>Ends the wait with an <see cref="OperationCanceledException"/>.</summary>
    /// <returns>False when it had ended already.</returns>
    internal abstract bool Interrupt();
}
