using System.Runtime.InteropServices;

namespace AsyncServer.Bench;

/// <summary>Where and on what a run was made: without it, its numbers mean nothing.</summary>
internal static class Machine
{
    public static async Task DescribeAsync(Report report, TimeProvider time, CancellationToken cancellation)
    {
        foreach (string fact in await FactsAsync(time, cancellation))
            report.Line($"- {fact}");
    }

    public static async Task<IReadOnlyList<string>> FactsAsync(TimeProvider time, CancellationToken cancellation)
    {
        List<string> facts =
        [
            $"machine: {Environment.ProcessorCount} cores, {ProcessorName()}, {RuntimeInformation.OSDescription}, kernel "
                + $"{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}",
            $"runtime: {RuntimeInformation.FrameworkDescription}, {RepositoryRoot.Configuration} build",
            $"commit: {await CommitAsync(cancellation)}, {time.GetUtcNow():yyyy-MM-dd HH:mm} UTC",
        ];
        if (RepositoryRoot.Configuration != "Release")
            facts.Add("**this build is not optimised: use -c Release**");
        return facts;
    }

    private static string ProcessorName() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? $"{RuntimeInformation.ProcessArchitecture}";

    private static async Task<string> CommitAsync(CancellationToken cancellation)
    {
        try
        {
            return (await StartedProcess.RunAsync("git", ["describe", "--always", "--dirty"], "", cancellation)).Trim();
        }
        catch (SetupException)
        {
            return "unknown (no git here)";
        }
    }
}
