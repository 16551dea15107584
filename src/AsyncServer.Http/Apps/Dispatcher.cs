namespace AsyncServer.Http;

/// <summary>The order in which a request finds its answer: routes, files, fallback, 404.</summary>
internal sealed class Dispatcher
{
    private readonly RouteTable _routes;
    private readonly StaticFiles? _files;
    private readonly RequestHandler _handleUnknown; // kept, since a method group would be a new delegate for each request

    internal Dispatcher(RouteTable routes, StaticFiles? files)
    {
        _routes = routes;
        _files = files;
        _handleUnknown = HandleUnknown;
    }

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (request.Live.Head.TargetForm == TargetForm.Asterisk)
            return Methods.NotAllowed("OPTIONS", Methods.AllowAll).SendAsync(response.Live); // RFC 9110 9.3.7
        if (_routes.Find(request) is { } route)
            return route.HandleAsync(request, response, cancellation);
        return _files is null
            ? HandleUnknown(request, response, cancellation)
            : _files.HandleAsync(request, response, _handleUnknown, cancellation);
    }

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
