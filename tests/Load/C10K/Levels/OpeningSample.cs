namespace AsyncServer.Load;

/// <summary>How far opening was at a moment.</summary>
/// <param name="Time">Since its beginning.</param>
/// <param name="Served">Connections that had their first answer.</param>
/// <param name="MachineBytes">What the whole machine had given by then.</param>
internal sealed record OpeningSample(TimeSpan Time, long Served, long MachineBytes)
{
    /// <summary>Samples are at least so far from each other.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(0.4);
}
