using System.Runtime.CompilerServices;

namespace AsyncServer.Http;

/// <summary>
/// Which app answers which path: exact paths first, then the longest prefix, then what the server itself has (files), then the
/// fallback. Paths are compared byte for byte after one percent-decoding. Routes are added before the server starts.
/// </summary>
public sealed partial class RouteTable
{
    private readonly Dictionary<string, Route> _exact = new(PathComparer.Instance);
    private readonly List<Route> _prefixes = [];
    private readonly Dictionary<string, Route>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private RequestHandler? _fallback;
    private string? _sealed;

    internal RouteTable() => _lookup = _exact.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Maps a path to an app for every method.</summary>
    /// <param name="path">Begins with a slash, decoded. Ending in <c>/*</c> it is a prefix: itself and everything below.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">The path has no slash in front, or is mapped already.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(2)]
    public void Map(string path, AppDelegate app) => Add(path, null, AppHandler.From(app));

    /// <inheritdoc cref="Map(string, AppDelegate)"/>
    public void Map(string path, Func<Request, CancellationToken, Response> app) => Add(path, null, AppHandler.From(app));

    /// <inheritdoc cref="Map(string, AppDelegate)"/>
    public void Map(string path, Func<Request, CancellationToken, Task<Response>> app) => Add(path, null, AppHandler.From(app));

    /// <summary>Maps a path to an app for some methods; the others get 405 with Allow, OPTIONS 204. GET answers HEAD too.</summary>
    /// <param name="methods">A list such as <c>"GET, POST"</c>.</param>
    /// <param name="path">As in <see cref="Map(string, AppDelegate)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">The path has no slash in front, a method is none, or is mapped already.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(2)]
    public void Map(string methods, string path, AppDelegate app) => Add(path, methods, AppHandler.From(app));

    /// <inheritdoc cref="Map(string, string, AppDelegate)"/>
    public void Map(string methods, string path, Func<Request, CancellationToken, Response> app) =>
        Add(path, methods, AppHandler.From(app));

    /// <inheritdoc cref="Map(string, string, AppDelegate)"/>
    public void Map(string methods, string path, Func<Request, CancellationToken, Task<Response>> app) =>
        Add(path, methods, AppHandler.From(app));

    /// <summary>Maps a path to a handler that pushes its answer.</summary>
    /// <param name="path">As in <see cref="Map(string, AppDelegate)"/>.</param>
    /// <param name="handler">Answers the requests.</param>
    /// <param name="methods">A list such as <c>"GET, POST"</c>, or null for every method.</param>
    /// <exception cref="ArgumentException">As in <see cref="Map(string, string, AppDelegate)"/>.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    public void MapHandler(string path, RequestHandler handler, string? methods = null) => Add(path, methods, handler);

    /// <summary>What answers everything that no route and no file did, instead of 404.</summary>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(2)]
    public void MapFallback(AppDelegate app) => MapFallback(AppHandler.From(app));

    /// <inheritdoc cref="MapFallback(AppDelegate)"/>
    public void MapFallback(Func<Request, CancellationToken, Response> app) => MapFallback(AppHandler.From(app));

    /// <inheritdoc cref="MapFallback(AppDelegate)"/>
    public void MapFallback(Func<Request, CancellationToken, Task<Response>> app) => MapFallback(AppHandler.From(app));

    /// <inheritdoc cref="MapFallback(AppDelegate)"/>
    public void MapFallback(RequestHandler handler)
    {
        CheckOpen();
        _fallback = handler;
    }

    /// <summary>
    /// Sets how long the bodies of requests for a path may be, in the place of <see cref="HttpLimits.MaxRequestBodySize"/>.
    /// </summary>
    /// <param name="path">A path that is mapped, written as it was for that.</param>
    /// <param name="bytes">The most bytes; <see cref="long.MaxValue"/> for no limit.</param>
    /// <exception cref="ArgumentException">The path is not mapped.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Below zero.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    public void LimitBody(string path, long bytes)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        CheckOpen();
        var route = path.EndsWith("/*", StringComparison.Ordinal)
            ? _prefixes.Find(prefix => prefix.Path == path[..^2])
            : _exact.GetValueOrDefault(path);
        if (route is null)
            throw new ArgumentException($"'{path}' is not mapped; map it first.", nameof(path));
        route.MaxBodySize = bytes;
        LargestBody = Math.Max(LargestBody, bytes);
    }

    /// <summary>The largest limit of a route.</summary>
    internal long LargestBody { get; private set; }

    internal RequestHandler? Fallback => _fallback;

    /// <summary>No route is added from now on.</summary>
    internal void Seal(string reason = "The server has started; routes are added before.") => _sealed ??= reason;

    /// <summary>The route for a request, or null.</summary>
    internal Route? Find(Request request)
    {
        var route = request.IsPathPlain && _lookup.TryGetValue(request.RawPath, out var exact) ? exact : FindByText(request);
        if (route is { IsExact: true })
            request.RememberPath(route.Path);
        return route;
    }

    private Route? FindByText(Request request)
    {
        if (_prefixes.Count == 0 && (_exact.Count == 0 || request.IsPathPlain))
            return null; // a plain path was looked up by its bytes
        string path = request.Path;
        if (_exact.TryGetValue(path, out var exact))
            return exact;
        foreach (var prefix in _prefixes)
        {
            if (path.StartsWith(prefix.Path, StringComparison.Ordinal)
                && (path.Length == prefix.Path.Length || path[prefix.Path.Length] == '/'))
                return prefix;
        }
        return null;
    }

    private void Add(string path, string? methods, RequestHandler handler)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(handler);
        CheckOpen();
        if (!path.StartsWith('/'))
            throw new ArgumentException($"A route's path begins with a slash; '{path}' does not.", nameof(path));
        if (path.EndsWith("/*", StringComparison.Ordinal))
            FindOrAddPrefix(path[..^2]).Add(methods, handler);
        else
            FindOrAddExact(path).Add(methods, handler);
    }

    private Route FindOrAddExact(string path)
    {
        if (!_exact.TryGetValue(path, out var route))
            _exact.Add(path, route = new Route(path, isExact: true));
        return route;
    }

    private Route FindOrAddPrefix(string path)
    {
        var route = _prefixes.Find(prefix => prefix.Path == path);
        if (route is null)
        {
            _prefixes.Add(route = new Route(path, isExact: false));
            _prefixes.Sort(static (left, right) => right.Path.Length.CompareTo(left.Path.Length));
        }
        return route;
    }

    private void CheckOpen()
    {
        if (_sealed is not null)
            throw new InvalidOperationException(_sealed);
    }
}
