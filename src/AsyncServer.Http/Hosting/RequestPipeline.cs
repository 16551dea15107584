using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>What answers a server's requests, put together from its options: the quota, the gate, then the dispatcher.</summary>
internal sealed class RequestPipeline
{
    private readonly HttpServerOptions _options;
    private readonly ILogger _logger;
    private readonly Dispatcher _dispatcher;

    internal RequestPipeline(HttpServerOptions options, RouteTable routes, StaticFiles? files, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _dispatcher = new Dispatcher(routes, files, options);
        Overload = new Overload(logger, options.TimeProvider);
        Handler = _dispatcher.HandleAsync;
        if (options.Limits.MaxConcurrentRequests > 0)
            Handler = new RequestGate(options.Limits, options.TimeProvider, Handler, _dispatcher.RefuseAsync, Overload).HandleAsync;
        if (options.MaxRequests > 0)
        {
            Quota = new RequestQuota(options.MaxRequests, Handler);
            Handler = Quota.HandleAsync;
        }
    }

    /// <summary>Answers requests.</summary>
    internal RequestHandler Handler { get; }

    internal Overload Overload { get; }

    /// <summary>Counts requests; null where any number may come.</summary>
    internal RequestQuota? Quota { get; }

    /// <summary>What the connections with these limits share.</summary>
    internal HttpService ServiceFor(HttpLimits limits, RequestHandler handler, AccessLog? accessLog) =>
        new(limits, handler, _dispatcher.RefuseAsync, _options.FailureHandler, _options.SendServerHeader, _logger)
        {
            AccessLog = accessLog,
            Forwarding = _options.Forwarding.TrustsSomebody ? new Forwarding(_options.Forwarding) : null,
        };

    /// <summary>Answers requests for which there is no memory.</summary>
    internal ValueTask RefuseAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        Overload.Note();
        return _dispatcher.RefuseAsync(request, response.Live, Overload.Answer);
    }
}
