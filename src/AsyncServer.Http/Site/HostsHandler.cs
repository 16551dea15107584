namespace AsyncServer.Http;

/// <summary>Answers requests for other hosts than the server's with 421 (RFC 9110 sections 7.4 and 15.5.20).</summary>
internal sealed class HostsHandler(AllowedHosts hosts, RequestHandler next, RefusalHandler refuse)
{
    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation) =>
        hosts.Contains(request) ? next(request, response, cancellation) : refuse(request, response, Response.Status(421));
}
