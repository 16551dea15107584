namespace AsyncServer.Http;

/// <summary>The order in which a request finds its answer: routes, files, fallback, 404.</summary>
internal sealed class Dispatcher(RouteTable routes, StaticFiles? files)
{
    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (request.Live.Head.TargetForm == TargetForm.Asterisk)
            return Methods.NotAllowed("OPTIONS", Methods.AllowAll).SendAsync(response.Live); // RFC 9110 9.3.7
        if (routes.Find(request) is { } route)
            return route.HandleAsync(request, response, cancellation);
        return files is null
            ? HandleUnknown(request, response, cancellation)
            : files.HandleAsync(request, response, HandleUnknown, cancellation);
    }

    private ValueTask HandleUnknown(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (routes.Fallback is { } fallback)
            return fallback(request, response, cancellation);
        string text = request.Path.EndsWith(".py", StringComparison.Ordinal) ? "no such module\n" : "not found\n";
        return Response.Text(text, 404).SendAsync(response.Live);
    }
}
