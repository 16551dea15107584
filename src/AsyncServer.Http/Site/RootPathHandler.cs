namespace AsyncServer.Http;

/// <summary>Takes the root path from a request's path; what does not lie below it is not found.</summary>
internal sealed class RootPathHandler(RootPath root, RequestHandler next, RefusalHandler refuse)
{
    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (request.IsServerWide)
            return next(request, response, cancellation); // it has no path
        if (!root.TryEnter(request.Live))
            return refuse(request, response, Response.Text("not found\n", 404));
        return request.RawPath.IsEmpty && request.Method is "GET" or "HEAD"
            ? RedirectToSlash(request, response)
            : next(request, response, cancellation);
    }

    private ValueTask RedirectToSlash(Request request, ResponseWriter response) =>
        response.SendAsync(Response.Redirect(FolderLocation.Of(root.Encoded, request.QueryString), FolderLocation.Status));
}
