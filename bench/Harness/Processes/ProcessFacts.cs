using System.Globalization;

namespace AsyncServer.Harness;

/// <summary>What <c>/proc/PID</c> says about a process.</summary>
internal static class ProcessFacts
{
    /// <summary>Resident bytes, walked page table by page table: VmRSS in <c>status</c> may lag behind.</summary>
    public static long ResidentBytes(int processId) => Number($"/proc/{processId}/smaps_rollup", "Rss:") * 1024;

    /// <summary>The soft limit on open descriptors.</summary>
    public static long DescriptorLimit(int processId) => Number($"/proc/{processId}/limits", "Max open files");

    /// <summary>Descriptors that are open now.</summary>
    public static int DescriptorCount(int processId) => Directory.GetFiles($"/proc/{processId}/fd").Length;

    /// <summary>
    /// Descriptors that are open now, without those of assemblies: the runtime opens these when it first needs them, and keeps them.
    /// </summary>
    public static int OwnDescriptorCount(int processId) =>
        Directory.GetFiles($"/proc/{processId}/fd")
            .Count(descriptor => new FileInfo(descriptor).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal));

    private static long Number(string file, string label)
    {
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
        string? value = line?[label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return value switch
        {
            null => throw new SetupException($"no \"{label}\" in {file}"),
            "unlimited" => long.MaxValue,
            _ => long.Parse(value, CultureInfo.InvariantCulture),
        };
    }
}
