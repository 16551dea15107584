namespace AsyncServer.Http;

/// <summary>
/// What a request passes on its way to whoever answers it, put together here and nowhere else: body size, quota, memory, gate, hosts, root
/// path. Each handler has the next one, and one that the options do not ask for is left out.
/// </summary>
internal sealed class HandlerChain
{
    /// <param name="options">What is asked for.</param>
    /// <param name="last">Answers the requests.</param>
    /// <param name="refuse">Sends the errors of the chain itself.</param>
    /// <param name="routes">Whose limits hold for bodies; null where a handler of the program's decides.</param>
    /// <param name="overload">Counts refusals for want of room.</param>
    /// <param name="memory">Knows whether memory is short; null where nobody asks.</param>
    /// <exception cref="ArgumentException">A host or the root path is none.</exception>
    internal HandlerChain(HttpServerOptions options, RequestHandler last, RefusalHandler refuse, RouteTable? routes, Overload overload,
        MemoryGuard? memory)
    {
        var next = last;
        if (options.RootPath.Length > 0)
            next = new RootPathHandler(new RootPath(options.RootPath), next, refuse).HandleAsync;
        if (options.AllowedHosts.Count > 0)
            next = new HostsHandler(new AllowedHosts(options.AllowedHosts), next, refuse).HandleAsync;
        if (options.Limits.MaxConcurrentRequests > 0)
            next = new RequestGate(options.Limits, options.TimeProvider, next, refuse, overload).HandleAsync;
        if (memory is not null)
            next = new MemoryHandler(memory, next, refuse, overload).HandleAsync;
        if (options.MaxRequests > 0)
        {
            Quota = new RequestQuota(options.MaxRequests, next);
            next = Quota.HandleAsync;
        }
        if (routes is not null)
            next = new BodySizeHandler(routes, next).HandleAsync;
        First = next;
    }

    /// <summary>What a request comes to first.</summary>
    internal RequestHandler First { get; }

    /// <summary>Counts the requests; null where nobody asks.</summary>
    internal RequestQuota? Quota { get; }
}
