using System.Runtime.InteropServices;

namespace AsyncServer.Load;

/// <summary>Where, when and on what a run was made: without it its figures mean nothing.</summary>
internal static class Setting
{
    public static async Task<IReadOnlyList<(string Name, string Value)>> DescribeAsync(TimeProvider time, CancellationToken cancellation) =>
    [
        ("machine", $"{Environment.ProcessorCount} processors, {ProcessorName()}"),
        ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RepositoryRoot.Configuration} build"),
        ("limits", $"{ProcessFacts.DescriptorLimit(Environment.ProcessId)} descriptors a process"),
        ("commit", await CommitAsync(cancellation)),
        ("time", $"{time.GetUtcNow():yyyy-MM-dd HH:mm} UTC"),
    ];

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
