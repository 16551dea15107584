namespace AsyncServer.Runtime;

/// <summary>
/// Linux's policy for threads that need throughput (SCHED_BATCH): a wake-up does not take the processor from who runs there. A hub
/// that shares one with its clients so finds several requests at a time instead of one, and sleeps less often.
/// </summary>
internal static class BatchScheduling
{
    private const int Policy = 3;

    /// <summary>Applies to the calling thread. Without permission, or elsewhere than on Linux, nothing changes.</summary>
    internal static unsafe void Apply()
    {
        if (!NativeCalls.AreUsed)
            return;
        int priority = 0; // the only one that the policy has
        _ = Libc.SetScheduler(0, Policy, &priority);
    }
}
