namespace AsyncServer.Runtime;

/// <summary>What a file's time of change can tell.</summary>
public static class FileClock
{
    // File systems stamp changes by a clock that stands still between its steps. The coarsest one in use is FAT's.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a change from now on would show in the file's time: two changes within one step of the file system's clock look like one.
    /// A time that lies in the future is taken as it is.
    /// </summary>
    /// <param name="changed">The file's time of change.</param>
    /// <param name="now">The time of day when the file was looked at, before it was read.</param>
    public static bool ShowsNextChange(DateTimeOffset changed, DateTimeOffset now) =>
        now - changed is var age && (age < TimeSpan.Zero || age > Step);
}
