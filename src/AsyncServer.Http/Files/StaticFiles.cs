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
        byte[]? filePath = FilePath.Map(path);
        OpenFile? file = null;
        var status = filePath is null ? FileStatus.NotFound : _root.Open(filePath, out file);
        if (status != FileStatus.Found)
        {
            cache.Remove(path);
            return status == FileStatus.NotFound
                ? next(request, response, cancellation)
                : Response.Status(status == FileStatus.Busy ? 503 : 403).SendAsync(response.Live);
        }
        if (file!.Facts.Kind == FileKind.Regular)
            return HandleFile(request, response, cache, path, filePath!, file);
        file.Dispose();
        cache.Remove(path);
        return file.Facts.Kind == FileKind.Directory && HasIndex(path)
            ? RedirectToSlash(request, response)
            : next(request, response, cancellation);
    }

    private static ValueTask HandleFile(
        Request request, ResponseWriter response, FileCache cache, ReadOnlySpan<byte> path, byte[] filePath, OpenFile file)
    {
        var hub = request.Live.Connection.Hub;
        var now = hub.TimeProvider.GetUtcNow();
        string name = Encoding.UTF8.GetString(filePath.AsSpan(0, filePath.Length - 1));
        try
        {
            if (SmallFile.TryRead(file, out var facts, out byte[]? content))
            {
                file.Dispose();
                var small = new Representation(name, facts, content, now);
                cache.Add(path, filePath, small, hub.Turn, now);
                return FileAnswer.SendAsync(request, response.Live, small, null);
            }
            cache.Remove(path);
            return FileAnswer.SendAndCloseAsync(request, response.Live, new Representation(name, facts, null, now), file);
        }
        catch (IOException)
        {
            file.Dispose(); // the disk fails: whoever answers the request learns it, the descriptor is not left open
            throw;
        }
    }

    private bool HasIndex(ReadOnlySpan<byte> path) =>
        FilePath.Map([.. path, (byte)'/']) is { } index && _root.Stat(index, out var facts) == FileStatus.Found && facts.Kind == FileKind.Regular;

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
}
