using System.Globalization;

namespace AsyncServer.Faults;

/// <summary>What a process holds and has used, as <c>/proc</c> says.</summary>
/// <param name="Sockets">
/// Sockets, epoll instances and eventfds; not files, since the runtime keeps one for each assembly that it loads.
/// </param>
/// <param name="Connections">TCP connections that the process has open, those in its backlog not counted.</param>
/// <param name="Threads">Threads.</param>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="CpuSeconds">User and system time.</param>
internal sealed record ProcessFacts(int Sockets, int Connections, int Threads, long ResidentBytes, double CpuSeconds)
{
    private const string SocketPrefix = "socket:[";
    private const string Listening = "0A";
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux

    internal static ProcessFacts Read(int processId)
    {
        var names = Directory.GetFileSystemEntries($"/proc/{processId}/fd").Select(static path => new FileInfo(path).LinkTarget ?? "")
            .ToList();
        string status = File.ReadAllText($"/proc/{processId}/status");
        string[] times = File.ReadAllText($"/proc/{processId}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ProcessFacts(
            names.Count(static name => name.StartsWith(SocketPrefix, StringComparison.Ordinal)
                || name.StartsWith("anon_inode:", StringComparison.Ordinal)),
            CountConnections(processId, names),
            Directory.GetFileSystemEntries($"/proc/{processId}/task").Length,
            long.Parse(status.Split("VmRSS:")[1].Split("kB")[0], CultureInfo.InvariantCulture) * 1024,
            (long.Parse(times[11], CultureInfo.InvariantCulture) + long.Parse(times[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <summary>The processes that a process has started and that run.</summary>
    internal static HashSet<int> Children(int processId)
    {
        var children = new HashSet<int>();
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id))
                continue;
            try
            {
                string[] fields = File.ReadAllText($"{folder}/stat").Split(") ")[^1].Split(' ');
                if (fields[0] != "Z" && fields[1] == $"{processId}")
                    children.Add(id);
            }
            catch (IOException) { /* it has gone */ }
        }
        return children;
    }

    private static int CountConnections(int processId, List<string> names)
    {
        var inodes = names.Where(static name => name.StartsWith(SocketPrefix, StringComparison.Ordinal))
            .Select(static name => name[SocketPrefix.Length..^1]).ToHashSet();
        return File.ReadLines($"/proc/{processId}/net/tcp").Skip(1)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields[3] != Listening && inodes.Contains(fields[9]));
    }
}
