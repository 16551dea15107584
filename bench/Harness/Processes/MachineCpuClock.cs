using System.Globalization;

namespace AsyncServer.Harness;

/// <summary>
/// The time that all processors have worked, for whomever: with a client on the same machine, its work and the system's for both as well.
/// </summary>
internal static class MachineCpuClock
{
    private const string File = "/proc/stat";
    private const int TicksPerSecond = 100; // USER_HZ, the same on all of .NET's architectures

    // By their places in the line of all processors; those between are idle, and wait for a disk.
    private static readonly int[] Working = [1, 2, 3, 6, 7]; // user, nice, system, irq, softirq

    public static TimeSpan Read() => Parse(System.IO.File.ReadLines(File).First());

    /// <param name="line">The first one of <c>/proc/stat</c>.</param>
    /// <exception cref="SetupException">It is none.</exception>
    internal static TimeSpan Parse(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > Working[^1] && fields[0] == "cpu"
            ? TimeSpan.FromSeconds(Working.Sum(place => long.Parse(fields[place], CultureInfo.InvariantCulture)) / (double)TicksPerSecond)
            : throw new SetupException($"{File} begins with\n{line}");
    }
}
