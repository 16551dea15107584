namespace AsyncServer.Http;

/// <summary>The order in which a request finds its answer: routes, modules, files, fallback, 404. The last handler of the chain.</summary>
internal sealed class Dispatcher
{
    private readonly RouteTable _routes;
    private readonly IModuleSource? _modules;
    private readonly StaticFiles? _files;
    private readonly RefusalHandler _refuse;
    private readonly RequestHandler _handleUnknown; // kept, since a method group would be a new delegate for each request

    internal Dispatcher(RouteTable routes, StaticFiles? files, IModuleSource? modules, RefusalHandler refuse)
    {
        _routes = routes;
        _modules = modules;
        _files = files;
        _refuse = refuse;
        _handleUnknown = HandleUnknown;
    }

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (request.IsServerWide)
            return response.SendAsync(Methods.NotAllowed("OPTIONS", Methods.AllowAll)); // RFC 9110 9.3.7
        if (_routes.Find(request) is { } route)
            return route.HandleAsync(request, response, cancellation);
        request.CheckBodySize();
        return _modules is not null && IsModulePath(request)
            ? HandleModuleAsync(_modules, request, response, cancellation)
            : HandleFile(request, response, cancellation);
    }

    // The last byte tells all but a few paths apart: 'y', or the '9' of "%79".
    private static bool IsModulePath(Request request)
    {
        var path = request.RawPath;
        if (path is not [.., (byte)'y' or (byte)'9'])
            return false;
        return request.IsPathPlain ? path.EndsWith(".py"u8) : request.Path.EndsWith(".py", StringComparison.Ordinal);
    }

    private ValueTask HandleModuleAsync(IModuleSource modules, Request request, ResponseWriter response, CancellationToken cancellation)
    {
        var module = modules.FindAsync(request.Path);
        return module.IsCompletedSuccessfully
            ? HandleModule(module.Result, request, response, cancellation)
            : AwaitModuleAsync(module, request, response, cancellation);
    }

    private async ValueTask AwaitModuleAsync(ValueTask<Application?> module, Request request, ResponseWriter response,
        CancellationToken cancellation) =>
        await HandleModule(await module, request, response, cancellation);

    private ValueTask HandleModule(Application? module, Request request, ResponseWriter response, CancellationToken cancellation) =>
        module is null
        ? HandleFile(request, response, cancellation)
        : ApplicationHandler.HandleAsync(module, _routes.Errors, request, response, cancellation);

    private ValueTask HandleFile(Request request, ResponseWriter response, CancellationToken cancellation) => _files is null
        ? HandleUnknown(request, response, cancellation)
        : _files.HandleAsync(request, response, _handleUnknown, cancellation);

    private ValueTask HandleUnknown(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (_routes.Fallback is { } fallback)
            return fallback(request, response, cancellation);
        return request.Path.EndsWith(".py", StringComparison.Ordinal)
            ? response.SendAsync(Response.Text("no such module\n", 404)) // says more than a page for all paths could
            : _refuse(request, response, Response.Text("not found\n", 404));
    }
}
