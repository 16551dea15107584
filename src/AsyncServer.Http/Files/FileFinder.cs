using System.Collections.Concurrent;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Finds the files below a root: from a hub's memory, else from the system's, else from the disk without holding up the hub.
/// </summary>
internal sealed class FileFinder : IDisposable
{
    // For all hubs together; each has its share to itself.
    private const long CacheCapacity = 64 * 1024 * 1024;
    private const long LeastCacheCapacity = 4 * 1024 * 1024;

    // Of no hub: what is kept from it is held against the file system before it is used.
    private const long SomeTurn = -1;

    private readonly CacheRules _cacheRules;
    private readonly MediaTypes _mediaTypes;
    private readonly ConcurrentDictionary<Hub, FileCache> _caches = new();

    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    internal FileFinder(string root, CacheRules cacheRules, MediaTypes mediaTypes)
    {
        _mediaTypes = mediaTypes;
        Root = new RootDirectory(root);
        _cacheRules = cacheRules;
    }

    internal RootDirectory Root { get; }

    internal FileCache CacheOf(Hub hub) => _caches.GetOrAdd(
        hub,
        static (hub, root) =>
            new FileCache(root, hub.IsOfOneConnection ? 0 : Math.Max(CacheCapacity / Environment.ProcessorCount, LeastCacheCapacity)),
        Root);

    internal int CacheCount => _caches.Count;

    /// <summary>The hub has ended.</summary>
    internal void Forget(Hub hub) => _caches.TryRemove(hub, out _);

    /// <summary>What this hub keeps of a path, if that is right now.</summary>
    internal ServedFile? FindKept(Hub hub, ReadOnlySpan<byte> path) => CacheOf(hub).Find(path, hub.Turn, hub.Now);

    /// <summary>Looks for a file, and keeps what is small of it.</summary>
    /// <param name="hub">The present one.</param>
    /// <param name="path">The request's path, decoded.</param>
    /// <param name="filePath">The file's path below the root, ended by a NUL.</param>
    /// <exception cref="IOException">The disk or the file system fails.</exception>
    internal ValueTask<FoundFile> FindAsync(Hub hub, byte[] path, byte[] filePath)
    {
        var status = Root.OpenFromMemory(filePath, out var file);
        if (status == FileStatus.NotInMemory || !TryRead(hub, path, filePath, status, file, hub.Turn, out var found))
            return FindOnDiskAsync(hub, path, filePath);
        return new ValueTask<FoundFile>(found);
    }

    /// <summary>Whether a regular file is there; whether it may be opened is not asked.</summary>
    internal bool Exists(byte[] filePath) => Root.Stat(filePath, out var facts) == FileStatus.Found && facts.Kind == FileKind.Regular;

    public void Dispose() => Root.Dispose();

    /// <summary>Does elsewhere what would hold up the hub; then everything is in memory.</summary>
    private async ValueTask<FoundFile> FindOnDiskAsync(Hub hub, byte[] path, byte[] filePath)
    {
        var (status, file) = await DiskThreads.RunAsync(() =>
        {
            var status = Root.Open(filePath, out var file);
            if (status == FileStatus.Found)
            {
                SmallFile.Load(file!);
                Siblings.TryRead(Root, new FileVersion(filePath, file!.Facts, null), mayWait: true, out _);
            }
            return (status, file);
        });
        TryRead(hub, path, filePath, status, file, SomeTurn, out var found);
        return found;
    }

    /// <returns>False when the disk would have to be waited for; then the file is closed.</returns>
    private bool TryRead(Hub hub, byte[] path, byte[] filePath, FileStatus status, OpenFile? file, long turn, out FoundFile found)
    {
        bool mayWait = turn == SomeTurn;
        if (file?.Facts.Kind != FileKind.Regular)
        {
            found = new FoundFile(status, file?.Facts.Kind ?? FileKind.Other);
            file?.Dispose();
            return true;
        }
        OpenFile? toClose = file;
        found = default;
        try
        {
            if (!mayWait && !SmallFile.IsInMemory(file))
                return false;
            SmallFile.TryRead(file, out var facts, out byte[]? content);
            var plain = new FileVersion(filePath, facts, content);
            if (!Siblings.TryRead(Root, plain, mayWait, out var siblings))
                return false;
            var served = Describe(plain, siblings, hub.TimeProvider.GetUtcNow());
            if (served.HasContent)
                CacheOf(hub).Add(path, served, turn, hub.Now, hub.TimeProvider.GetUtcNow());
            if (content is null)
                toClose = null;
            found = new FoundFile(FileStatus.Found, FileKind.Regular, served, toClose is null ? file : null);
            return true;
        }
        finally
        {
            toClose?.Dispose(); // also when the disk fails: whoever answers the request learns it
        }
    }

    private ServedFile Describe(FileVersion plain, List<FileVersion> siblings, DateTimeOffset now)
    {
        string name = Encoding.UTF8.GetString(plain.Path.AsSpan(0, plain.Path.Length - 1));
        var headers = new FileHeaders(_mediaTypes.For(name), _cacheRules.For(name), Varies: siblings.Count > 0);
        return new ServedFile(
            new Representation(plain, headers, now),
            [.. siblings.Select(sibling => new Representation(sibling, headers, now))]);
    }
}
