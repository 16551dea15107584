namespace AsyncServer.Harness;

/// <summary>
/// A process's CPU time, user and system, of all its threads, also of those that have ended, in nanoseconds:
/// <c>/proc/PID/stat</c> has 10 ms ticks, and <c>/proc/PID/task/*/schedstat</c> forgets ended threads.
/// </summary>
internal static class ProcessCpuClock
{
    /// <exception cref="SetupException">The process does not exist any more.</exception>
    public static TimeSpan Read(int processId)
    {
        if (NativeMethods.GetCpuClockId(processId, out int clock) != 0 || NativeMethods.GetTime(clock, out var time) != 0)
            throw new SetupException($"process {processId} has ended; its CPU time cannot be read");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}
