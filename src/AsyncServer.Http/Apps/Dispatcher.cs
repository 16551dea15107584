namespace AsyncServer.Http;

/// <summary>The order in which a request finds its answer: routes, modules, files, fallback, 404.</summary>
internal sealed class Dispatcher
{
    private readonly RouteTable _routes;
    private readonly IModuleSource? _modules;
    private readonly StaticFiles? _files;
    private readonly AllowedHosts? _hosts;
    private readonly RootPath? _root;
    private readonly RequestHandler _handleUnknown; // kept, since a method group would be a new delegate for each request

    internal Dispatcher(RouteTable routes, StaticFiles? files, HttpServerOptions options)
    {
        _routes = routes;
        _modules = options.Modules;
        _files = files;
        _hosts = options.AllowedHosts.Count == 0 ? null : new AllowedHosts(options.AllowedHosts);
        _root = options.RootPath.Length == 0 ? null : new RootPath(options.RootPath);
        _handleUnknown = HandleUnknown;
    }

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (_hosts?.Contains(request) == false)
            return RefuseAsync(request, response.Live, Response.Status(421)); // RFC 9110 7.4, 15.5.20
        if (request.Live.Head.TargetForm == TargetForm.Asterisk)
            return Methods.NotAllowed("OPTIONS", Methods.AllowAll).SendAsync(response.Live); // RFC 9110 9.3.7
        if (_root is not null)
        {
            if (!_root.TryEnter(request.Live))
                return HandleOutside(request, response);
            if (request.Live.Head.Path.IsEmpty && request.Method is "GET" or "HEAD")
                return RedirectToSlash(_root, request, response);
        }
        if (_routes.Find(request) is { } route)
            return route.HandleAsync(request, response, cancellation);
        return _modules is not null && IsModulePath(request)
            ? HandleModuleAsync(_modules, request, response, cancellation)
            : HandleFile(request, response, cancellation);
    }

    private ValueTask HandleOutside(Request request, ResponseWriter response) => RefuseAsync(request, response.Live, Response.Text("not found\n", 404));

    // So that relative links of the first page stay below the root path.
    private static ValueTask RedirectToSlash(RootPath root, Request request, ResponseWriter response)
    {
        string query = request.Live.Head.HasQuery ? "?" + request.QueryString : "";
        return Response.Redirect(root.Encoded + "/" + query, 301).SendAsync(response.Live);
    }

    // The last byte tells all but a few paths apart: 'y', or the '9' of "%79".
    private static bool IsModulePath(Request request)
    {
        var exchange = request.Live;
        var path = exchange.Head.Path.Of(exchange.Message);
        if (path is not [.., (byte)'y' or (byte)'9'])
            return false;
        return exchange.Head.PathIsPlain ? path.EndsWith(".py"u8) : request.Path.EndsWith(".py", StringComparison.Ordinal);
    }

    private ValueTask HandleModuleAsync(IModuleSource modules, Request request, ResponseWriter response, CancellationToken cancellation)
    {
        var module = modules.FindAsync(request.Path);
        return module.IsCompletedSuccessfully
            ? HandleModule(module.Result, request, response, cancellation)
            : AwaitModuleAsync(module, request, response, cancellation);
    }

    private async ValueTask AwaitModuleAsync(ValueTask<Application?> module, Request request, ResponseWriter response, CancellationToken cancellation) =>
        await HandleModule(await module, request, response, cancellation);

    private ValueTask HandleModule(Application? module, Request request, ResponseWriter response, CancellationToken cancellation) => module is null
        ? HandleFile(request, response, cancellation)
        : ApplicationHandler.HandleAsync(module, _routes, request, response, cancellation);

    private ValueTask HandleFile(Request request, ResponseWriter response, CancellationToken cancellation) => _files is null
        ? HandleUnknown(request, response, cancellation)
        : _files.HandleAsync(request, response, _handleUnknown, cancellation);

    private ValueTask HandleUnknown(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (_routes.Fallback is { } fallback)
            return fallback(request, response, cancellation);
        return request.Path.EndsWith(".py", StringComparison.Ordinal)
            ? Response.Text("no such module\n", 404).SendAsync(response.Live) // says more than a page for all paths could
            : RefuseAsync(request, response.Live, Response.Text("not found\n", 404));
    }

    /// <summary>Sends an error, with the page that the files have for it.</summary>
    internal ValueTask RefuseAsync(Request request, ResponseState response, Response plain) =>
        _files is null ? plain.SendAsync(response) : _files.Errors.SendAsync(request, response, plain);
}
