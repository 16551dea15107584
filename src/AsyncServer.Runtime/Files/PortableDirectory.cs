using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// <see cref="RootDirectory"/> by what .NET has on every system: it walks a path name by name and follows relative links itself, as long as
/// they stay inside. It is a path, not held open; and between its look and the opening somebody who may write below the root could exchange
/// a folder for a link, which only the system's own way prevents.
/// </summary>
/// <param name="path">An existing directory.</param>
/// <param name="hasExactNames">Whether the file system tells letter cases apart and has one name for each file.</param>
internal sealed class PortableDirectory(string path, bool hasExactNames)
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    // errno of Unix systems, and codes of Windows: what .NET passes on in HResult.
    private const int TooManyFiles = 24;
    private const int TooManyFilesInSystem = 23;
    private const int TooManyFilesOnWindows = unchecked((int)0x80070004);
    private const int SharingViolation = unchecked((int)0x80070020);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    internal static bool SystemHasExactNames => !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS();

    /// <inheritdoc cref="RootDirectory.Open(ReadOnlySpan{byte}, out OpenFile?)"/>
    internal FileStatus Open(ReadOnlySpan<byte> path, out OpenFile? file)
    {
        file = null;
        try
        {
            if (Resolve(path) is not { } place)
                return FileStatus.NotFound;
            file = place is DirectoryInfo ? new OpenFile(new SafeFileHandle(), PortableFacts.Of(place), place.FullName)
                : OpenRegular((FileInfo)place);
            return FileStatus.Found;
        }
        catch (Exception exception) when (ToStatus(exception) is { } status)
        {
            return status;
        }
    }

    /// <inheritdoc cref="RootDirectory.Stat"/>
    internal FileStatus Stat(ReadOnlySpan<byte> path, out FileFacts facts)
    {
        facts = default;
        try
        {
            if (Resolve(path) is not { } place)
                return FileStatus.NotFound;
            facts = PortableFacts.Of(place);
            return FileStatus.Found;
        }
        catch (Exception exception) when (ToStatus(exception) is { } status)
        {
            return status;
        }
    }

    private static OpenFile OpenRegular(FileInfo place)
    {
        // What is empty may be a FIFO, whose opening would wait for its other end, and which nothing here tells from a file: it has no
        // bytes either way.
        var handle = place.Length == 0 && !OperatingSystem.IsWindows()
            ? File.OpenHandle("/dev/null")
            : File.OpenHandle(place.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new OpenFile(handle, PortableFacts.Of(place), place.FullName);
    }

    // Null where nothing is, or the way leaves the root.
    private FileSystemInfo? Resolve(ReadOnlySpan<byte> path)
    {
        string text;
        try { text = StrictUtf8.GetString(path.TrimEnd((byte)0)); }
        catch (DecoderFallbackException) { return null; /* no such name can be asked for through .NET */ }
        bool mustBeDirectory = text.EndsWith('/');
        var left = new Stack<string>(text.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var way = new List<string>();
        int links = 0;
        FileSystemInfo place = new DirectoryInfo(_root);
        while (left.TryPop(out string? name))
        {
            if (name == ".")
                continue;
            if (name == "..")
            {
                if (way.Count == 0)
                    return null;
                way.RemoveAt(way.Count - 1);
                place = new DirectoryInfo(Below(way));
                continue;
            }
            if (place is not DirectoryInfo || !PortableName.IsPlain(name))
                return null;
            string folder = place.FullName;
            way.Add(name);
            place = Look(Path.Combine(folder, name));
            if (!place.Exists || (!hasExactNames && !IsNameOf(folder, name)))
                return null;
            if ((place.Attributes & FileAttributes.ReparsePoint) == 0)
                continue;
            if (place.LinkTarget is not { } target || Path.IsPathRooted(target) || ++links > MostLinks)
                return null;
            way.RemoveAt(way.Count - 1);
            place = new DirectoryInfo(Below(way));
            foreach (string next in target.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
                .Where(static next => next.Length > 0).Reverse())
                left.Push(next);
        }
        return mustBeDirectory && place is not DirectoryInfo || !place.Exists ? null : place;
    }

    private string Below(List<string> way) => way.Count == 0 ? _root : Path.Combine(_root, Path.Combine([.. way]));

    private static FileSystemInfo Look(string path)
    {
        var file = new FileInfo(path);
        return file.Exists || !Directory.Exists(path) ? file : new DirectoryInfo(path);
    }

    // HTML~1, INDEX.HTML and index.html may all open one file; only the name that is written in the folder counts.
    private static bool IsNameOf(string folder, string name) =>
        Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry.AsSpan()).SequenceEqual(name));

    private static FileStatus? ToStatus(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or ArgumentException => FileStatus.NotFound,
        UnauthorizedAccessException => FileStatus.Denied,
        IOException { HResult: TooManyFiles or TooManyFilesInSystem or TooManyFilesOnWindows or SharingViolation } => FileStatus.Busy,
        _ => null,
    };
}
