namespace AsyncServer.Unit.Support;

/// <summary>
/// Tests that count the process's descriptors or threads run one after the other, with nothing else beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Descriptors
{
    internal const string Name = "descriptors";

    internal static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    internal static int CountThreads() => Directory.GetFileSystemEntries("/proc/self/task").Length;

    /// <summary>The count when a test begins; <see cref="Snapshot.AssertNoneLeakedAsync"/> compares at its end.</summary>
    internal static Snapshot Take() => new(Count());

    internal readonly record struct Snapshot(int Before)
    {
        internal Task AssertNoneLeakedAsync()
        {
            int before = Before;
            return Until.TrueAsync(() => Count() <= before, $"descriptors back at {before}");
        }
    }
}
