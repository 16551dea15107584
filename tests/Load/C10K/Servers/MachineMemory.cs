using System.Globalization;

namespace AsyncServer.Load;

/// <summary>The memory of the machine, as <c>/proc/meminfo</c> tells.</summary>
internal static class MachineMemory
{
    // The machine stays usable with this, whatever a level tries.
    private const long LeastReserve = 1L << 30;
    private const int ReserveShare = 12;

    public static long TotalBytes { get; } = Read("MemTotal:");

    /// <summary>What programs could still get.</summary>
    public static long AvailableBytes => Read("MemAvailable:");

    /// <summary>What must stay available; a level that comes below it ends.</summary>
    public static long ReserveBytes { get; } = Math.Max(LeastReserve, TotalBytes / ReserveShare);

    public static bool IsShort => AvailableBytes < ReserveBytes;

    private static long Read(string label)
    {
        string line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return 1024 * long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
