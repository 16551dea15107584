using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>What to start, and what it gets.</summary>
public sealed class ChildProcessOptions
{
    /// <summary>The program's path, or a name to look for in <c>PATH</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Its arguments, without its own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its whole environment; null, the default, for that of this process.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>
    /// What it gets beside the standard input, output and error: the first is its descriptor 3, the second 4, and so on. They stay open
    /// here. Nothing else that has the close-on-exec flag reaches it.
    /// </summary>
    public IReadOnlyList<SafeHandle> Descriptors { get; init; } = [];
}
