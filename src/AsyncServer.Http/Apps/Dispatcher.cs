namespace AsyncServer.Http;

/// <summary>The order in which a request finds its answer: routes, modules, files, fallback, 404.</summary>
internal sealed class Dispatcher
{
    private readonly RouteTable _routes;
    private readonly IModuleSource? _modules;
    private readonly StaticFiles? _files;
    private readonly RequestHandler _handleUnknown; // kept, since a method group would be a new delegate for each request

    internal Dispatcher(RouteTable routes, IModuleSource? modules, StaticFiles? files)
    {
        _routes = routes;
        _modules = modules;
        _files = files;
        _handleUnknown = HandleUnknown;
    }

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (request.Live.Head.TargetForm == TargetForm.Asterisk)
            return Methods.NotAllowed("OPTIONS", Methods.AllowAll).SendAsync(response.Live); // RFC 9110 9.3.7
        if (_routes.Find(request) is { } route)
            return route.HandleAsync(request, response, cancellation);
        return _modules is not null && IsModulePath(request)
            ? HandleModuleAsync(_modules, request, response, cancellation)
            : HandleFile(request, response, cancellation);
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
