using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// The compressed versions beside a file: <c>app.js.br</c> beside <c>app.js</c>. One that is older than its original is stale and passed
/// over.
/// </summary>
internal static class Siblings
{
    private const int StackBufferSize = 512;
    private static readonly int LongestSuffix = ContentCoding.All.Max(static coding => coding.Suffix.Length);

    /// <summary>How many there seem to be; whether they may be opened is not asked.</summary>
    internal static int Count(RootDirectory root, Representation plain)
    {
        int count = 0;
        int most = plain.Path.Length + LongestSuffix;
        Span<byte> buffer = most <= StackBufferSize ? stackalloc byte[StackBufferSize] : new byte[most];
        foreach (var coding in ContentCoding.All)
        {
            var path = buffer[..(plain.Path.Length + coding.Suffix.Length)];
            Name(plain.Path, coding, path);
            if (IsThere(root, path, plain.Facts))
                count++;
        }
        return count;
    }

    /// <summary>Reads those that may be sent.</summary>
    /// <param name="root">Where they are.</param>
    /// <param name="plain">The original.</param>
    /// <param name="mayWait">Whether the disk may be waited for.</param>
    /// <param name="found">The versions, with the content of small ones.</param>
    /// <returns>False when the disk would have to be waited for.</returns>
    /// <exception cref="IOException">The disk or the file system fails.</exception>
    internal static bool TryRead(RootDirectory root, FileVersion plain, bool mayWait, out List<FileVersion> found)
    {
        found = [];
        foreach (var coding in ContentCoding.All)
        {
            byte[] path = new byte[plain.Path.Length + coding.Suffix.Length];
            Name(plain.Path, coding, path);
            if (!IsThere(root, path, plain.Facts))
                continue;
            var status = mayWait ? root.Open(path, out var file) : root.OpenFromMemory(path, out file);
            if (status == FileStatus.NotInMemory)
                return false;
            using (file)
            {
                // Looking follows links wherever they lead, opening does not: what it refuses does not exist.
                if (status != FileStatus.Found || !IsUsable(file!.Facts, plain.Facts))
                    continue;
                if (!mayWait && !SmallFile.IsInMemory(file))
                    return false;
                SmallFile.TryRead(file, out var facts, out byte[]? content);
                found.Add(new FileVersion(path, facts, content, coding));
            }
        }
        return true;
    }

    private static void Name(ReadOnlySpan<byte> path, ContentCoding coding, Span<byte> target)
    {
        path[..^1].CopyTo(target);
        System.Text.Encoding.ASCII.GetBytes(coding.Suffix, target[(path.Length - 1)..]);
        target[^1] = 0;
    }

    private static bool IsThere(RootDirectory root, ReadOnlySpan<byte> path, FileFacts plain) =>
        root.Stat(path, out var facts) == FileStatus.Found && IsUsable(facts, plain);

    // In whole seconds: tools that give a compressed file its original's time do not all keep the rest.
    private static bool IsUsable(FileFacts facts, FileFacts plain) => facts.Kind == FileKind.Regular
        && facts.Modified.ToUnixTimeSeconds() >= plain.Modified.ToUnixTimeSeconds();
}
