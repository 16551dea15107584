using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>A file that is open for reading, with its facts as they were then. Whoever has it closes it.</summary>
public sealed class OpenFile : IDisposable
{
    internal OpenFile(SafeFileHandle handle, FileFacts facts)
    {
        Handle = handle;
        Facts = facts;
    }

    /// <summary>The open descriptor.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The facts when it was opened.</summary>
    public FileFacts Facts { get; }

    /// <summary>The facts now.</summary>
    /// <exception cref="IOException">The system cannot tell.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public FileFacts ReadFacts()
    {
        using var held = new HeldDescriptor(Handle);
        int result = FileDescriptor.Stat(held.Number, out var facts);
        return result == 0 ? facts : throw new IOException("statx of an open file", Errno.ToException(-result, "statx"));
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => Handle.Dispose();
}
