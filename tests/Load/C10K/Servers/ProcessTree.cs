using System.Globalization;

namespace AsyncServer.Load;

/// <summary>What a process and all that it has started take of the machine.</summary>
/// <param name="Processes">How many there are.</param>
/// <param name="Threads">Their threads.</param>
/// <param name="ResidentBytes">Resident memory; what several of them share counts once (Pss), where the system tells.</param>
/// <param name="CpuTime">User and system time since the start, of those that have ended as well.</param>
internal sealed record ProcessTree(int Processes, int Threads, long ResidentBytes, TimeSpan CpuTime)
{
    private const int TicksPerSecond = 100; // of /proc, on every Linux of today

    public static ProcessTree Nothing { get; } = new(0, 0, 0, TimeSpan.Zero);

    public static ProcessTree Read(int root)
    {
        var facts = Members(root);
        return new ProcessTree(facts.Count, facts.Sum(fact => fact.Threads), facts.Sum(fact => ResidentBytesOf(fact.Id)), CpuTimeOf(facts));
    }

    /// <summary>Only the time: of thousands of processes too it is read in a moment.</summary>
    public static TimeSpan ReadCpuTime(int root) => CpuTimeOf(Members(root));

    /// <summary>A process, its children, their children and so on.</summary>
    public static IReadOnlyList<ProcessFact> Members(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? ProcessFact.Read(id)
                : null)
            .OfType<ProcessFact>().ToList();
        var children = all.ToLookup(fact => fact.Parent);
        var members = all.Where(fact => fact.Id == root).ToList();
        for (int next = 0; next < members.Count; next++)
            members.AddRange(children[members[next].Id]);
        return members;
    }

    private static TimeSpan CpuTimeOf(IEnumerable<ProcessFact> facts) =>
        TimeSpan.FromSeconds((double)facts.Sum(fact => fact.CpuTicks) / TicksPerSecond);

    private static long ResidentBytesOf(int process) =>
        Kilobytes($"/proc/{process}/smaps_rollup", "Pss:") ?? Kilobytes($"/proc/{process}/status", "VmRSS:") ?? 0;

    private static long? Kilobytes(string file, string label)
    {
        try
        {
            string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended, or is not ours to look into
        }
    }
}
