using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>A file that has no name and lives in memory, for a child process to read (memfd). Linux only.</summary>
public static class MemoryFile
{
    /// <summary>Makes one with this content.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    /// <exception cref="IOException">It has no memory for the content.</exception>
    public static SafeFileHandle Create(ReadOnlySpan<byte> content)
    {
        int descriptor = FileDescriptor.CreateInMemory();
        if (descriptor < 0)
            throw Errno.ToException(-descriptor, "memfd_create");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.Write(file, content, fileOffset: 0);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The content of one that this process was started with, by the descriptor's number, which is closed.</summary>
    public static byte[] Take(int descriptor)
    {
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        byte[] content = new byte[RandomAccess.GetLength(file)];
        int count = RandomAccess.Read(file, content, fileOffset: 0);
        return content[..count];
    }
}
