using System.Globalization;

namespace AsyncServer.Runtime;

/// <summary>
/// For the first process of a container: the system gives it the children of processes that have ended, and keeps those in its table until
/// they are waited for. Linux only. A child of this process is waited for by who started it, at once; so one that has ended and stayed for
/// several looks is nobody's. Where <c>System.Diagnostics.Process</c> has started something, that collects orphans itself, and all other
/// children of the first process too.
/// </summary>
public sealed class OrphanReaper
{
    // With one look less, one just before and one just after the whole process stood still could see a child whose turn has yet to come.
    private const int LooksBeforeItIsNobodys = 3;

    private Dictionary<(int Process, string Started), int> _seen = [];

    /// <summary>Whether this is such a process.</summary>
    public static bool IsNeeded => OperatingSystem.IsLinux() && Environment.ProcessId == 1;

    /// <summary>
    /// Looks once, and takes the orphans from the system that three looks have seen; to be called every few seconds, by one thread at a
    /// time.
    /// </summary>
    /// <returns>How many it took.</returns>
    public int Look()
    {
        int taken = 0;
        var seen = new Dictionary<(int, string), int>();
        try
        {
            foreach (var ended in EndedChildren())
            {
                int looks = _seen.GetValueOrDefault(ended) + 1;
                if (looks < LooksBeforeItIsNobodys)
                    seen.Add(ended, looks);
                else if (ProcessDescriptor.ReapEnded(ended.Process))
                    taken++;
            }
            _seen = seen;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // no descriptor is left, for instance: the next look tries again
        }
        return taken;
    }

    private static IEnumerable<(int Process, string Started)> EndedChildren()
    {
        const int state = 0, parent = 1, started = 19; // of proc(5), counted from the end of the name
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int process))
                continue;
            string[] fields;
            try { fields = File.ReadAllText($"{folder}/stat").Split(") ")[^1].Split(' '); }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException)
            { continue; /* it has gone, or is hidden */ }
            if (fields[state] == "Z" && fields[parent] == $"{Environment.ProcessId}")
                yield return (process, fields[started]);
        }
    }
}
