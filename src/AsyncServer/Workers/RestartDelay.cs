namespace AsyncServer.Workers;

/// <summary>
/// How long a slot waits for its next worker: not at all, unless workers keep dying young; then half a second, doubling to 30 s.
/// </summary>
internal sealed class RestartDelay(TimeProvider time)
{
    /// <summary>A worker that has served this long did not die because of how it was started.</summary>
    internal static readonly TimeSpan Grown = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _youngDeaths;

    /// <summary>Notes the end of a worker that was started at a time (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    internal void NoteDeath(long started) => _youngDeaths = time.GetElapsedTime(started) >= Grown ? 1 : _youngDeaths + 1;

    /// <summary>Before the next start.</summary>
    internal TimeSpan Next => _youngDeaths < 2
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(Longest.Ticks, Shortest.Ticks << Math.Min(_youngDeaths - 2, 16)));
}
