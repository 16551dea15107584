using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>What was found at a path.</summary>
/// <param name="Status">How the search has ended.</param>
/// <param name="Kind">What kind of thing is there, where something is.</param>
/// <param name="File">The regular file.</param>
/// <param name="Original">The same, open, where its content is not in <see cref="File"/>; whoever has it closes it.</param>
internal readonly record struct FoundFile(FileStatus Status, FileKind Kind = FileKind.Other, ServedFile? File = null,
    OpenFile? Original = null);
