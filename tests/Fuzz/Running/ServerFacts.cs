using System.Globalization;

namespace AsyncServer.Fuzz;

/// <summary>What a process holds, as <c>/proc</c> says.</summary>
internal sealed record ServerFacts(int Descriptors, int Threads, long ResidentBytes)
{
    // What a heap may grow without a leak: the collector lets garbage lie, and buffers stay in their pools.
    private const long MoreBytes = 64 * 1024 * 1024;
    private const int MoreDescriptors = 4; // of assemblies that are loaded late
    private const int MoreThreads = 8; // of the pool

    /// <exception cref="IOException">There is no such process any more.</exception>
    internal static ServerFacts Read(int processId)
    {
        string resident = File.ReadLines($"/proc/{processId}/status")
            .First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new ServerFacts(
            Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length,
            Directory.GetFileSystemEntries($"/proc/{processId}/task").Length,
            long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
    }

    internal bool IsAtRestAgain(ServerFacts before) => Descriptors <= before.Descriptors + MoreDescriptors;

    /// <returns>What has grown; null when nothing has.</returns>
    internal string? GrowthSince(ServerFacts before) =>
        !IsAtRestAgain(before) ? $"{Descriptors} descriptors are open, {before.Descriptors} were"
        : Threads > before.Threads + MoreThreads ? $"{Threads} threads run, {before.Threads} did"
        : ResidentBytes > before.ResidentBytes + MoreBytes ? $"{ResidentBytes >> 20} MB are resident, {before.ResidentBytes >> 20} MB were"
        : null;

    public override string ToString() => $"{Descriptors} descriptors, {Threads} threads, {ResidentBytes >> 20} MB";
}
