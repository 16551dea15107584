namespace AsyncServer.Runtime;

/// <summary>
/// System calls that the kernel, or a filter in front of it, has refused for good: each is tried until then, and afterwards done in
/// an older way. Written by any thread, since all come to the same.
/// </summary>
internal static class MissingCalls
{
    /// <summary>Without it, sizes and times come from <c>newfstatat</c>.</summary>
    internal static volatile bool StatX;

    /// <summary>Without it, files are read and sent.</summary>
    internal static volatile bool SendFile;

    /// <summary><c>preadv2</c>: without it every file counts as being in memory.</summary>
    internal static volatile bool ReadWithoutWaiting;

    /// <summary>Whether an error means that the call does not exist here; container filters say so with EPERM.</summary>
    internal static bool IsMissing(int error) => error is Errno.NoSystemCall or Errno.NotPermitted;
}
