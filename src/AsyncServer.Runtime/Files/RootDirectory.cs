using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A directory of which nothing outside is ever opened, whatever the paths and the symbolic links in it say. It is held open:
/// it stays the same one when it is renamed. Relative links that stay inside are followed, absolute ones are not. Any thread
/// may use it.
/// </summary>
/// <remarks>
/// Paths are relative, in UTF-8, and end with a NUL. Where the system has no <c>openat2</c>, the place that a path leads to is asked
/// for before it is opened; there an absolute link that leads back inside is followed too. Elsewhere than on Linux the directory is a path
/// and not held open, paths are walked name by name, and names that stand for devices, streams or other names of a file are not found.
/// </remarks>
public sealed class RootDirectory : IDisposable
{
    // openat2 gives EAGAIN when a rename crosses its way; it seldom happens twice.
    private const int Attempts = 4;

    private readonly PortableDirectory? _portable;
    private readonly SafeFileHandle _directory;
    private readonly bool _opensBeneath;
    private readonly bool _opensCached;

    /// <summary>Opens the directory.</summary>
    /// <exception cref="DirectoryNotFoundException">It does not exist, is not a directory or may not be searched.</exception>
    public RootDirectory(string path) : this(path, mayOpenBeneath: true) { }

    internal RootDirectory(string path, bool mayOpenBeneath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!NativeCalls.AreUsed)
        {
            if (!Directory.Exists(path))
                throw new DirectoryNotFoundException($"The directory '{path}' cannot be opened: it does not exist or is not a directory.");
            _portable = new PortableDirectory(path, PortableDirectory.SystemHasExactNames);
            _directory = new SafeFileHandle();
            return;
        }
        int descriptor = FileDescriptor.OpenDirectory(Terminated(path));
        if (descriptor < 0)
            throw new DirectoryNotFoundException(
                $"The directory '{path}' cannot be opened: {Errno.ToException(-descriptor, "open").Message}");
        _directory = new SafeFileHandle(descriptor, ownsHandle: true);
        _opensBeneath = mayOpenBeneath && FileDescriptor.CanOpenBeneath(descriptor);
        _opensCached = _opensBeneath && FileDescriptor.CanOpenCached(descriptor);
    }

    /// <summary>
    /// The same as <see cref="Open"/>, but <see cref="FileStatus.NotInMemory"/> where the system knows that it would have to read a name
    /// on the way from the disk.
    /// </summary>
    /// <inheritdoc cref="Open(ReadOnlySpan{byte}, out OpenFile?)"/>
    public FileStatus OpenFromMemory(ReadOnlySpan<byte> path, out OpenFile? file)
    {
        if (NativeCalls.AreUsed)
            return OpenCore(path, _opensCached, out file);
        file = null;
        return FileStatus.NotInMemory; // nobody can tell
    }

    /// <summary>Opens a file or a directory for reading; never waits for the other end of a FIFO.</summary>
    /// <param name="path">As in the remarks of this class.</param>
    /// <param name="file">What was opened, with <see cref="FileStatus.Found"/>; the caller closes it.</param>
    /// <exception cref="IOException">The disk or the file system fails.</exception>
    /// <exception cref="ObjectDisposedException">The root was closed.</exception>
    public FileStatus Open(ReadOnlySpan<byte> path, out OpenFile? file) => OpenCore(path, fromMemory: false, out file);

    private FileStatus OpenCore(ReadOnlySpan<byte> path, bool fromMemory, out OpenFile? file)
    {
        if (!NativeCalls.AreUsed)
            return _portable!.Open(path, out file);
        file = null;
        using var root = new HeldDescriptor(_directory);
        int descriptor = fromMemory ? FileDescriptor.OpenBeneathCached(root.Number, path)
            : _opensBeneath ? OpenBeneath(root.Number, path)
            : OpenAfterAsking(root.Number, path);
        if (descriptor == -Errno.TryAgain && fromMemory)
            return FileStatus.NotInMemory;
        if (descriptor < 0)
            return ToStatus(-descriptor);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        int result = FileDescriptor.Stat(descriptor, out var facts);
        if (result < 0)
        {
            handle.Dispose();
            return ToStatus(-result);
        }
        file = new OpenFile(handle, facts);
        return FileStatus.Found;
    }

    /// <summary>
    /// The facts of what a path leads to, without opening it. Links are followed wherever they lead, so this tells whether a file
    /// that was opened here is still in its place, and nothing else.
    /// </summary>
    /// <param name="path">As in the remarks of this class.</param>
    /// <param name="facts">The facts, with <see cref="FileStatus.Found"/>.</param>
    /// <exception cref="IOException">The disk or the file system fails.</exception>
    /// <exception cref="ObjectDisposedException">The root was closed.</exception>
    public FileStatus Stat(ReadOnlySpan<byte> path, out FileFacts facts)
    {
        if (!NativeCalls.AreUsed)
            return _portable!.Stat(path, out facts);
        using var root = new HeldDescriptor(_directory);
        int result = FileDescriptor.Stat(root.Number, path, out facts);
        return result == 0 ? FileStatus.Found : ToStatus(-result);
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _directory.Dispose();

    private static int OpenBeneath(int root, ReadOnlySpan<byte> path)
    {
        int descriptor = FileDescriptor.OpenBeneath(root, path);
        for (int attempt = 1; attempt < Attempts && descriptor is -Errno.TryAgain or -Errno.Interrupted; attempt++)
            descriptor = FileDescriptor.OpenBeneath(root, path);
        return descriptor;
    }

    // Finds out where a path leads before anything is opened; then opens that very file, whatever has its name by now.
    private static int OpenAfterAsking(int root, ReadOnlySpan<byte> path)
    {
        int place = FileDescriptor.OpenPathOnly(root, path);
        if (place < 0)
            return place;
        using var placeHandle = new SafeFileHandle(place, ownsHandle: true);
        string? rootPath = PathOf(root);
        string? filePath = PathOf(place);
        if (rootPath is null || filePath is null)
            return -Errno.NoEntry;
        string below = rootPath.EndsWith('/') ? rootPath : rootPath + "/";
        return filePath.StartsWith(below, StringComparison.Ordinal) || filePath == rootPath
            ? FileDescriptor.Open(Terminated(DescriptorLink(place)))
            : -Errno.CrossDevice;
    }

    private static string? PathOf(int descriptor) => new FileInfo(DescriptorLink(descriptor)).LinkTarget;

    private static string DescriptorLink(int descriptor) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}");

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + "\0");

    private static FileStatus ToStatus(int error) => error switch
    {
        Errno.NoEntry or Errno.NotDirectory or Errno.CrossDevice or Errno.TooManyLinks or Errno.NameTooLong
            or Errno.InvalidArgument or Errno.NoDeviceOrAddress or Errno.NoDevice => FileStatus.NotFound,
        Errno.AccessDenied or Errno.NotPermitted => FileStatus.Denied,
        Errno.TooManyFilesInProcess or Errno.TooManyFilesInSystem or Errno.OutOfMemory
            or Errno.TryAgain or Errno.Interrupted => FileStatus.Busy,
        _ => throw new IOException("A file cannot be opened.", Errno.ToException(error, "openat2")),
    };
}
