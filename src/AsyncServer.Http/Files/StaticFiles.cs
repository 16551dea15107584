namespace AsyncServer.Http;

internal sealed class StaticFiles(string root)
{
    internal string Root => root;

    internal ValueTask HandleAsync(Request request, ResponseWriter response, RequestHandler next, CancellationToken cancellation) =>
        Root is null ? default : next(request, response, cancellation);
}
