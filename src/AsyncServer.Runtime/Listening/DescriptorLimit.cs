namespace AsyncServer.Runtime;

/// <summary>How many connections the process's limit of descriptors allows (RLIMIT_NOFILE).</summary>
public static class DescriptorLimit
{
    // For files that are being sent, assemblies that are loaded late, log files: a process that runs out of descriptors fails in
    // places that nobody can repair, such as a type whose assembly could not be opened once.
    private const int LeastReserve = 64;
    private const int MostReserve = 512;
    private const int ReservePart = 32;

    // The least number that is tried, however low the limit is.
    private const int LeastConnections = 16;

    /// <summary>
    /// What the limit leaves for connections: less what is open now and a reserve of 64 to 512 descriptors. At least 16;
    /// <see cref="int.MaxValue"/> where the system has no such limit.
    /// </summary>
    /// <param name="cap">See <see cref="IPoller.DescriptorCap"/>.</param>
    public static int ForConnections(int cap = int.MaxValue)
    {
        if (!NativeCalls.AreUsed || SocketDescriptor.Limit() is not { } limit)
            return int.MaxValue;
        limit = Math.Min(limit, cap);
        long reserve = Math.Clamp(limit / ReservePart, LeastReserve, MostReserve);
        long left = limit - reserve - Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
        return (int)Math.Clamp(left, LeastConnections, int.MaxValue);
    }
}
