namespace AsyncServer.Http;

/// <summary>Refuses a body that no route would take, by its Content-Length, before the request takes a place anywhere.</summary>
internal sealed class BodySizeHandler(RouteTable routes, RequestHandler next)
{
    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        request.CheckBodySize(routes.LargestBody);
        return next(request, response, cancellation);
    }
}
