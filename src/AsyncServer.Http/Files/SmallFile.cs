using System.Diagnostics.CodeAnalysis;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Reads a small file whole, and makes sure that it was one version from its first byte to its last.</summary>
internal static class SmallFile
{
    // A file that changes so often while it is read is not worth keeping.
    private const int Attempts = 3;

    /// <param name="file">An open regular file.</param>
    /// <param name="facts">The facts of the content, or the latest ones.</param>
    /// <param name="content">The content; null when the file is too large or does not keep still.</param>
    /// <exception cref="IOException">The disk or the file system fails.</exception>
    internal static bool TryRead(OpenFile file, out FileFacts facts, [NotNullWhen(true)] out byte[]? content)
    {
        facts = file.Facts;
        content = null;
        for (int attempt = 0; attempt < Attempts && facts.Size <= FileCache.MaxContent; attempt++)
        {
            byte[] read = new byte[facts.Size];
            bool isWhole = Fill(file, read);
            var after = file.ReadFacts();
            if (isWhole && after == facts)
            {
                content = read;
                return true;
            }
            facts = after;
        }
        return false;
    }

    /// <summary>Whether reading it will not wait for the disk; true for what is not small, since that is not read here.</summary>
    internal static bool IsInMemory(OpenFile file) => !IsSmall(file) || FileMemory.Has(file.Handle, 0, (int)file.Facts.Size);

    /// <summary>Brings a small file into memory, on a thread that may wait.</summary>
    internal static void Load(OpenFile file)
    {
        if (IsSmall(file))
            FileMemory.Load(file.Handle, 0, (int)file.Facts.Size);
    }

    private static bool IsSmall(OpenFile file) => file.Facts.Kind == FileKind.Regular && file.Facts.Size <= FileCache.MaxContent;

    private static bool Fill(OpenFile file, Span<byte> target)
    {
        for (int position = 0; position < target.Length;)
        {
            int count = RandomAccess.Read(file.Handle, target[position..], position);
            if (count == 0)
                return false;
            position += count;
        }
        return true;
    }
}
