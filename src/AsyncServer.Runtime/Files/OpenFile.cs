using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>A file that is open for reading, with its facts as they were then. Whoever has it closes it.</summary>
public sealed class OpenFile : IDisposable
{
    private readonly string? _path;

    /// <param name="handle">Invalid for a directory with a path.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="path">Where it is, for a file that <see cref="PortableDirectory"/> opened.</param>
    internal OpenFile(SafeFileHandle handle, FileFacts facts, string? path = null)
    {
        _path = path;
        Handle = handle;
        Facts = facts;
    }

    /// <summary>The open descriptor; elsewhere than on Linux it is invalid for a directory.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The facts when it was opened.</summary>
    public FileFacts Facts { get; }

    /// <summary>The facts now.</summary>
    /// <exception cref="IOException">The system cannot tell.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public FileFacts ReadFacts()
    {
        if (_path is not null)
            return Facts.Size == 0 ? PortableFacts.Of(new FileInfo(_path)) : PortableFacts.Of(Handle);
        using var held = new HeldDescriptor(Handle);
        int result = FileDescriptor.Stat(held.Number, out var facts);
        return result == 0 ? facts : throw new IOException("statx of an open file", Errno.ToException(-result, "statx"));
    }

    /// <summary>The names of what a directory holds, in no particular order.</summary>
    /// <exception cref="IOException">It is no directory, went away, or its names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public IEnumerable<string> ReadNames()
    {
        // By its descriptor: the folder that was opened below the root, whatever has its name by now.
        string place = _path ?? string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Handle.DangerousGetHandle()}/");
        return Directory.EnumerateFileSystemEntries(place).Select(static entry => Path.GetFileName(entry));
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => Handle.Dispose();
}
