using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// Which file a request's path names. Paths that are no plain names of files are refused here, before the system sees them; that
/// links do not lead out of the root is the system's part.
/// </summary>
internal static class FilePath
{
    private static ReadOnlySpan<byte> Index => "index.html"u8;

    /// <summary>The path below the root, ended by a NUL; null for a path that no file answers, whether there is one or not.</summary>
    /// <param name="path">Decoded; begins with a slash.</param>
    internal static byte[]? Map(ReadOnlySpan<byte> path)
    {
        // A backslash separates names on other systems, and never stands in a path that was meant well.
        if (path.IsEmpty || path[0] != '/' || path.ContainsAny((byte)0, (byte)'\\'))
            return null;
        var relative = path[1..];
        bool isDirectory = path[^1] == '/';
        var names = isDirectory ? path[1..Math.Max(1, path.Length - 1)] : relative;
        if (!names.IsEmpty || !isDirectory)
        {
            foreach (var range in names.Split((byte)'/'))
            {
                if (!IsServed(names[range]))
                    return null;
            }
        }
        if (!isDirectory && IsSource(relative))
            return null;
        byte[] file = new byte[relative.Length + (isDirectory ? Index.Length : 0) + 1];
        relative.CopyTo(file);
        if (isDirectory)
            Index.CopyTo(file.AsSpan(relative.Length));
        return file;
    }

    // Empty names, '.', '..' and hidden files; RFC 8615 has the one exception.
    private static bool IsServed(ReadOnlySpan<byte> name) => !name.IsEmpty && (name[0] != '.' || name.SequenceEqual(".well-known"u8));

    /// <summary>
    /// Whether a file of that name is a module: they are run, never shown, also where they lie below the root, and compressed.
    /// </summary>
    internal static bool IsSource(ReadOnlySpan<byte> path)
    {
        while (ContentCoding.OfFile(path) is { } coding)
            path = path[..^coding.Suffix.Length];
        return EndsWith(path, ".csx") || EndsWith(path, ".cs") || EndsWith(path, ".dll") || EndsWith(path, ".py");
    }

    /// <summary>Whether a file or folder of that name may be told of.</summary>
    internal static bool IsListed(ReadOnlySpan<byte> name) => IsServed(name) && !name.Contains((byte)'\\');

    private static bool EndsWith(ReadOnlySpan<byte> path, string ending) =>
        path.Length >= ending.Length && Ascii.EqualsIgnoreCase(path[^ending.Length..], ending);
}
