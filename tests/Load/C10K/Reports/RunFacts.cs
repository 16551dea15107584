using System.Runtime.InteropServices;
using AsyncServer.Bench;

namespace AsyncServer.Load;

/// <summary>Where, on what and how a run was made: without it its numbers mean nothing.</summary>
internal static class RunFacts
{
    /// <param name="command">The arguments of this program.</param>
    /// <param name="time">Tells the date.</param>
    /// <param name="cancellation">Ends the wait for git.</param>
    public static async Task<IReadOnlyList<(string Name, string Value)>> ReadAsync(IEnumerable<string> command, TimeProvider time, CancellationToken cancellation) =>
    [
        ("Command", $"dotnet run -c {RepositoryRoot.Configuration} --project tests/Load -- {string.Join(' ', command)}"),
        ("Commit", await CommitAsync(cancellation)),
        ("Date", $"{time.GetUtcNow():yyyy-MM-dd HH:mm} UTC"),
        ("Machine", $"{Environment.ProcessorCount} processors, {Processor()}, {MachineMemory.TotalBytes >> 20:N0} MB; clients and server share it"),
        ("System", $"{RuntimeInformation.OSDescription}, kernel {Setting("kernel/osrelease")}"),
        ("Runtime", $"{RuntimeInformation.FrameworkDescription}, {RepositoryRoot.Configuration} build"),
        ("Limits", $"{ProcessFacts.DescriptorLimit(Environment.ProcessId):N0} descriptors a process; backlog (somaxconn) {Setting("net/core/somaxconn")}; "
            + $"local ports {Setting("net/ipv4/ip_local_port_range").Replace('\t', '-')}; connection tracking {Setting("net/netfilter/nf_conntrack_max")}"),
    ];

    private static string Processor() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? $"{RuntimeInformation.ProcessArchitecture}";

    private static string Setting(string name)
    {
        try
        {
            return File.ReadAllText($"/proc/sys/{name}").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "none"; // the kernel does not have it
        }
    }

    private static async Task<string> CommitAsync(CancellationToken cancellation)
    {
        try
        {
            return (await ChildProcess.RunAsync("git", ["describe", "--always", "--dirty"], "", cancellation)).Trim();
        }
        catch (SetupException)
        {
            return "unknown (no git here)";
        }
    }
}
