using System.Text;
using AsyncServer.Runtime;
using Microsoft.AspNetCore.Http;

namespace AsyncServer.Http;

/// <summary>
/// Answers requests with the files below a root: from memory where it can, with an index, a list or the single page where it should.
/// Whatever is no file goes to the next handler, hidden and refused files included, so that nobody learns whether they are there.
/// </summary>
internal sealed class StaticFiles : IDisposable
{
    private readonly FileFinder _finder;
    private readonly FileAnswer _answer;
    private readonly bool _listsDirectories;
    private readonly byte[]? _singlePage;

    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    internal StaticFiles(string root, StaticFileOptions options)
    {
        _finder = new FileFinder(root, new CacheRules(options.CacheControl), new MediaTypes(options.MediaTypes));
        Errors = new ErrorPages(_finder, options.ErrorPages);
        _answer = new FileAnswer(_finder, Errors);
        _listsDirectories = options.ListsDirectories;
        _singlePage = options.SinglePage is null ? null : StaticFileOptions.RequestPath(options.SinglePage);
    }

    /// <summary>What errors look like.</summary>
    internal ErrorPages Errors { get; }

    internal ValueTask HandleAsync(Request request, ResponseWriter response, RequestHandler next, CancellationToken cancellation)
    {
        if (!request.IsPathPlain)
            return HandleEncoded(request, response, next, cancellation);
        var path = request.RawPath;
        return Handle(request, response, next, path.IsEmpty ? "/"u8 : path, cancellation);
    }

    public void Dispose() => _finder.Dispose();

    internal FileCache CacheOf(Hub hub) => _finder.CacheOf(hub);

    internal int CacheCount => _finder.CacheCount;

    /// <summary>The hub has ended.</summary>
    internal void Forget(Hub hub) => _finder.Forget(hub);

    private ValueTask HandleEncoded(Request request, ResponseWriter response, RequestHandler next, CancellationToken cancellation)
    {
        var path = request.RawPath;
        Span<byte> decoded = path.Length <= PercentEncoding.StackBufferSize ? stackalloc byte[PercentEncoding.StackBufferSize]
            : new byte[path.Length];
        return Handle(request, response, next, decoded[..PercentEncoding.Decode(path, decoded)], cancellation);
    }

    private ValueTask Handle(Request request, ResponseWriter response, RequestHandler next, ReadOnlySpan<byte> path,
        CancellationToken cancellation)
    {
        var hub = request.Hub;
        if (_finder.FindKept(hub, path) is { } kept && kept.Choose(request) is { Content: not null } chosen)
            return _answer.SendAsync(request, response, chosen, null);
        if (FilePath.Map(path) is not { } filePath)
            return next(request, response, cancellation);
        var target = new Target(path.ToArray(), filePath);
        var search = _finder.FindAsync(hub, target.Path, filePath);
        return search.IsCompletedSuccessfully
            ? HandleFound(request, response, next, target, search.Result, cancellation)
            : AwaitFoundAsync(search, request, response, next, target, cancellation);
    }

    private async ValueTask AwaitFoundAsync(
        ValueTask<FoundFile> search, Request request, ResponseWriter response, RequestHandler next, Target target,
            CancellationToken cancellation) =>
        await HandleFound(request, response, next, target, await search, cancellation);

    private ValueTask HandleFound(
        Request request, ResponseWriter response, RequestHandler next, Target target, FoundFile found, CancellationToken cancellation)
    {
        if (found.File is not null)
            return _answer.SendAsync(request, response, found);
        bool isFolder = target.Path[^1] == '/';
        return found.Status switch
        {
            FileStatus.Found when found.Kind == FileKind.Directory && !isFolder && (_listsDirectories || HasIndex(target.Path)) =>
                RedirectToSlash(request, response),
            FileStatus.Denied => Errors.SendAsync(request, response, Response.Status(403)),
            FileStatus.Busy when _finder.Exists(target.FilePath) => Errors.SendAsync(request, response, Response.Status(503)),
            FileStatus.NotFound or FileStatus.Found when _listsDirectories && isFolder =>
                ListAsync(request, response, next, target, cancellation),
            _ => HandleUnknown(request, response, next, target, cancellation),
        };
    }

    private ValueTask HandleUnknown(Request request, ResponseWriter response, RequestHandler next, Target target,
        CancellationToken cancellation)
    {
        return _singlePage is not null && SinglePage.IsFor(request, target.Path)
            ? SendSinglePageAsync(request, response, next, _singlePage, cancellation)
            : next(request, response, cancellation);
    }

    private async ValueTask SendSinglePageAsync(Request request, ResponseWriter response, RequestHandler next, byte[] path,
        CancellationToken cancellation)
    {
        var hub = request.Hub;
        var found = _finder.FindKept(hub, path) is { Plain.Content: not null } kept
            ? new FoundFile(FileStatus.Found, FileKind.Regular, kept)
            : await _finder.FindAsync(hub, path, FilePath.Map(path)!);
        if (found.File is null)
        {
            await next(request, response, cancellation); // it was there when the server started
            return;
        }
        response.Headers.Add("Vary", "Accept"); // a request for anything but a page gets a 404
        await _answer.SendAsync(request, response, found);
    }

    private async ValueTask ListAsync(Request request, ResponseWriter response, RequestHandler next, Target target,
        CancellationToken cancellation)
    {
        string folder = Encoding.UTF8.GetString(target.Path.AsSpan(1));
        var entries = await DiskThreads.RunAsync(() => DirectoryListing.Read(_finder.Root, folder));
        if (entries is null)
        {
            await HandleUnknown(request, response, next, target, cancellation);
            return;
        }
        if (request.Method is not ("GET" or "HEAD"))
        {
            await Errors.SendAsync(request, response, Methods.NotAllowed(request.Method, FileAnswer.Allow));
            return;
        }
        await response.SendAsync(Response.Html(ListingPage.Make(request.Path, entries, ListingOrder.From(request)))
            .WithHeader("Cache-Control", "no-cache")
            .WithHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            .WithHeader("X-Content-Type-Options", "nosniff"));
    }

    private bool HasIndex(ReadOnlySpan<byte> path) => FilePath.Map([.. path, (byte)'/']) is { } index && _finder.Exists(index);

    /// <summary>
    /// So that relative links in the index work. The path is sent back as it came: it has no empty names, so it cannot be taken
    /// for <c>//host</c>.
    /// </summary>
    private ValueTask RedirectToSlash(Request request, ResponseWriter response)
    {
        if (request.Method is not ("GET" or "HEAD"))
            return Errors.SendAsync(request, response, Methods.NotAllowed(request.Method, FileAnswer.Allow));
        string path = new PathString(request.PathBase).ToUriComponent() + Encoding.Latin1.GetString(request.RawPath);
        return response.SendAsync(Response.Redirect(FolderLocation.Of(path, request.QueryString), FolderLocation.Status));
    }

    /// <summary>The request's path, decoded, and the file's below the root, ended by a NUL.</summary>
    private readonly record struct Target(byte[] Path, byte[] FilePath);
}
