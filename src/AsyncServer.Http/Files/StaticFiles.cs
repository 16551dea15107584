using System.Collections.Concurrent;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Answers requests with the files below a root: finds what a path stands for, from memory where it can. Whatever is no file goes to
/// the next handler, hidden and refused files included, so that nobody learns whether they are there.
/// </summary>
internal sealed class StaticFiles : IDisposable
{
    // For all hubs together; each has its share to itself.
    private const long CacheCapacity = 64 * 1024 * 1024;
    private const long LeastCacheCapacity = 4 * 1024 * 1024;

    private readonly RootDirectory _root;
    private readonly ConcurrentDictionary<Hub, FileCache> _caches = new();

    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    internal StaticFiles(string root) => _root = new RootDirectory(root);

    internal ValueTask HandleAsync(Request request, ResponseWriter response, RequestHandler next, CancellationToken cancellation)
    {
        var exchange = request.Live;
        if (!exchange.Head.PathIsPlain)
            return HandleEncoded(request, response, next, cancellation);
        var path = exchange.Head.Path.Of(exchange.Message);
        return Handle(request, response, next, path.IsEmpty ? "/"u8 : path, cancellation);
    }

    public void Dispose() => _root.Dispose();

    internal FileCache CacheOf(Hub hub) => _caches.GetOrAdd(
        hub,
        static (_, root) => new FileCache(root, Math.Max(CacheCapacity / Environment.ProcessorCount, LeastCacheCapacity)),
        _root);

    private ValueTask HandleEncoded(Request request, ResponseWriter response, RequestHandler next, CancellationToken cancellation)
    {
        var exchange = request.Live;
        var path = exchange.Head.Path.Of(exchange.Message);
        Span<byte> decoded = path.Length <= PercentEncoding.StackBufferSize ? stackalloc byte[PercentEncoding.StackBufferSize] : new byte[path.Length];
        return Handle(request, response, next, decoded[..PercentEncoding.Decode(path, decoded)], cancellation);
    }

    private ValueTask Handle(Request request, ResponseWriter response, RequestHandler next, ReadOnlySpan<byte> path, CancellationToken cancellation)
    {
        var hub = request.Live.Connection.Hub;
        var cache = CacheOf(hub);
        if (cache.Find(path, hub.Turn) is { } known)
            return FileAnswer.SendAsync(request, response.Live, known, null);
        cache.Remove(path);
        if (FilePath.Map(path) is not { } filePath)
            return next(request, response, cancellation);
        var status = _root.OpenFromMemory(filePath, out var file);
        if (status == FileStatus.Found && !SmallFile.IsInMemory(file!))
        {
            file!.Dispose();
            status = FileStatus.NotInMemory;
        }
        return status == FileStatus.NotInMemory
            ? HandleFromDiskAsync(request, response, next, path.ToArray(), filePath, cancellation)
            : HandleOpened(request, response, next, new Lookup(path, filePath, hub.Turn), status, file, cancellation);
    }

    /// <summary>Does elsewhere what would hold up the hub; then everything is in memory.</summary>
    private async ValueTask HandleFromDiskAsync(
        Request request, ResponseWriter response, RequestHandler next, byte[] path, byte[] filePath, CancellationToken cancellation)
    {
        var (status, file) = await BlockingThreads.RunAsync(() =>
        {
            var status = _root.Open(filePath, out var file);
            if (status == FileStatus.Found)
                SmallFile.Load(file!);
            return (status, file);
        });
        await HandleOpened(request, response, next, new Lookup(path, filePath, Lookup.SomeTurn), status, file, cancellation);
    }

    private ValueTask HandleOpened(
        Request request, ResponseWriter response, RequestHandler next, Lookup lookup, FileStatus status, OpenFile? file, CancellationToken cancellation)
    {
        if (status == FileStatus.Found && file!.Facts.Kind == FileKind.Regular)
            return HandleFile(request, response, lookup, file);
        file?.Dispose();
        return status switch
        {
            FileStatus.Found when file!.Facts.Kind == FileKind.Directory && HasIndex(lookup.Path) => RedirectToSlash(request, response),
            FileStatus.Denied => Response.Status(403).SendAsync(response.Live),
            FileStatus.Busy when Exists(lookup.FilePath) => Response.Status(503).SendAsync(response.Live),
            _ => next(request, response, cancellation),
        };
    }

    private ValueTask HandleFile(Request request, ResponseWriter response, Lookup lookup, OpenFile file)
    {
        var hub = request.Live.Connection.Hub;
        var now = hub.TimeProvider.GetUtcNow();
        string name = Encoding.UTF8.GetString(lookup.FilePath.AsSpan(0, lookup.FilePath.Length - 1));
        try
        {
            if (SmallFile.TryRead(file, out var facts, out byte[]? content))
            {
                file.Dispose();
                var small = new Representation(name, facts, content, now);
                CacheOf(hub).Add(lookup.Path, lookup.FilePath, small, lookup.Turn, now);
                return FileAnswer.SendAsync(request, response.Live, small, null);
            }
            return FileAnswer.SendAndCloseAsync(request, response.Live, new Representation(name, facts, null, now), file);
        }
        catch (IOException)
        {
            file.Dispose(); // the disk fails: whoever answers the request learns it, the descriptor is not left open
            throw;
        }
    }

    private bool HasIndex(ReadOnlySpan<byte> path) => FilePath.Map([.. path, (byte)'/']) is { } index && Exists(index);

    private bool Exists(byte[] filePath) => _root.Stat(filePath, out var facts) == FileStatus.Found && facts.Kind == FileKind.Regular;

    /// <summary>
    /// So that relative links in the index work. The path is sent back as it came: it has no empty names, so it cannot be taken
    /// for <c>//host</c>.
    /// </summary>
    private static ValueTask RedirectToSlash(Request request, ResponseWriter response)
    {
        if (request.Method is not ("GET" or "HEAD"))
            return Methods.NotAllowed(request.Method, FileAnswer.Allow).SendAsync(response.Live);
        var head = request.Live.Head;
        string location = request.Text(head.Path) + "/" + (head.HasQuery ? "?" + request.QueryString : "");
        return Response.Redirect(location, 301).SendAsync(response.Live);
    }

    /// <summary>What was looked for, and the hub's turn in which it was found.</summary>
    private readonly ref struct Lookup(ReadOnlySpan<byte> path, byte[] filePath, long turn)
    {
        /// <summary>Not the present one: what is kept from it is held against the file system before it is used.</summary>
        internal const long SomeTurn = -1;

        internal ReadOnlySpan<byte> Path { get; } = path;

        internal byte[] FilePath { get; } = filePath;

        internal long Turn { get; } = turn;
    }
}
