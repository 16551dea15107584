using System.Globalization;

namespace AsyncServer.Load;

/// <summary>When a latency counts as no worse than it may be: as a multiple of a baseline that was measured in the same run.</summary>
internal static class LatencyRule
{
    /// <summary>
    /// Added to each bound. Clients sleep until a request is due, and such a sleep ends up to 1 ms late; client and server share
    /// processors, and a time slice of Linux is 3 ms or 4 ms. Below that a ratio compares noise with noise.
    /// </summary>
    public static readonly TimeSpan Allowance = TimeSpan.FromMilliseconds(5);

    /// <summary>How often a latency is measured until it keeps its bound.</summary>
    public const int MostRounds = 3;

    public static TimeSpan Bound(double factor, TimeSpan baseline) => factor * baseline + Allowance;

    /// <summary>The rule as a person reads it.</summary>
    public static string Text(double factor) =>
        string.Create(CultureInfo.InvariantCulture,
            $"at most {factor:0.#} times that of the baseline and {Allowance.TotalMilliseconds:0} ms");
}
