
namespace AsyncServer.Load;

/// <summary>Where, on what and how an experiment was made, and what the system allows.</summary>
internal static class RunFacts
{
    /// <param name="command">The arguments of this program.</param>
    /// <param name="time">Tells the date.</param>
    /// <param name="cancellation">Ends the wait for git.</param>
    public static async Task<IReadOnlyList<(string Name, string Value)>> ReadAsync(IEnumerable<string> command, TimeProvider time,
        CancellationToken cancellation) =>
    [
        ("command", $"dotnet run -c {RepositoryRoot.Configuration} --project tests/Load -- {string.Join(' ', command)}"),
        .. await Setting.DescribeAsync(time, cancellation),
        ("memory", $"{MachineMemory.TotalBytes >> 20:N0} MB; clients and server share the machine"),
        ("kernel", $"{Read("kernel/osrelease")}; backlog (somaxconn) {Read("net/core/somaxconn")}; local ports "
            + $"{Read("net/ipv4/ip_local_port_range").Replace('\t', '-')}; "
            + $"tracked connections outside of a network namespace {Read("net/netfilter/nf_conntrack_max")}"),
    ];

    private static string Read(string name)
    {
        try
        {
            return File.ReadAllText($"/proc/sys/{name}").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "none"; // this kernel does not have it, or not here
        }
    }
}
