using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Unit.Support;

/// <summary>
/// Tests that count the process's descriptors or threads run one after the other, with nothing else beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Descriptors
{
    internal const string Name = "descriptors";

    private static int _isWarm;

    /// <summary>Sockets, epoll instances and eventfds; not files, since the runtime keeps one for each assembly that it loads.</summary>
    internal static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Count(static path =>
        new FileInfo(path).LinkTarget is { } name
        && (name.StartsWith("socket:", StringComparison.Ordinal) || name.StartsWith("anon_inode:", StringComparison.Ordinal)));

    internal static int CountThreads() => Directory.GetFileSystemEntries("/proc/self/task").Length;

    /// <summary>The count when a test begins; <see cref="Snapshot.AssertNoneLeakedAsync"/> compares at its end.</summary>
    internal static Snapshot Take()
    {
        if (Interlocked.Exchange(ref _isWarm, 1) == 0)
            WarmUp();
        return new Snapshot(Count());
    }

    // The platform opens descriptors of its own with the first socket and keeps them.
    private static void WarmUp()
    {
        using var listener = AsyncServer.Runtime.SocketListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 1 };
        client.Connect(listener.LocalEndPoint!);
        Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
    }

    internal readonly record struct Snapshot(int Before)
    {
        internal Task AssertNoneLeakedAsync()
        {
            int before = Before;
            return Until.TrueAsync(() => Count() <= before, $"descriptors back at {before}");
        }
    }
}
