using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>
/// What an <see cref="HttpServer"/> consists of, put together in one place. Nothing of it is exchanged later, so any thread may use it.
/// </summary>
internal sealed class ServerParts : IDisposable
{
    /// <param name="options">The server's; they were checked.</param>
    /// <param name="routes">The server's.</param>
    /// <param name="handler">Answers in the place of routes, modules and files; null for those.</param>
    /// <param name="starting">Called before the first address is opened.</param>
    internal ServerParts(HttpServerOptions options, RouteTable routes, RequestHandler? handler, Action starting)
    {
        Logger = options.LoggerFactory.CreateLogger("AsyncServer");
        routes.Logger = Logger;
        Files = options.Root is null ? null : new StaticFiles(options.Root, options.Files);
        AccessLog = options.AccessLog is null ? null : AccessLog.Open(options.AccessLog, options.TimeProvider, Logger);
        var memory = options.RefuseWhenMemoryIsShort ? new MemoryGuard(options.TimeProvider, Logger) : null;
        var overload = new Overload(Logger, options.TimeProvider);
        RefusalHandler refuse = Files is null ? static (_, response, plain) => response.SendAsync(plain) : Files.Errors.SendAsync;
        var last = handler ?? new Dispatcher(routes, Files, options.Modules, refuse).HandleAsync;
        var chain = new HandlerChain(options, last, refuse, handler is null ? routes : null, overload, memory);
        Quota = chain.Quota;
        Hubs = ServerModels.MakeHubs(options, Logger, memory is null ? null : memory.Look);
        int descriptorLimit = DescriptorLimit.ForConnections(Hubs.Hubs[0].DescriptorCap);
        int most = ServerModels.MaxConnections(options);
        int mayWait = RefusedConnections.HowManyMayWait(descriptorLimit, most, haveThreads: options.Model == ServerModel.Threads);
        var refused = new RefusedConnections(overload, mayWait);
        var service = MakeService(options, chain.First, refuse);
        Handlers = new ConnectionHandlers(options.Limits,
            limits => new ConnectionHandler(service with { Limits = limits }, refused, Files));
        Connections = new ConnectionServer(new ConnectionServerOptions
        {
            Listen = options.AllListeners(),
            Protocol = listen => Handlers.For((HttpListenOptions)listen).ServeAsync,
            Refusal = ServerModels.RefusesConnections(options) ? listen => Handlers.For((HttpListenOptions)listen).RefuseAsync : null,
            Hubs = Hubs,
            MaxConnections = most,
            DescriptorLimit = descriptorLimit,
            TakeConnection = options.TakeConnection,
            Starting = starting,
            Listening = Logger.Listening,
        });
    }

    internal ILogger Logger { get; }

    internal AccessLog? AccessLog { get; }

    internal StaticFiles? Files { get; }

    /// <summary>Counts the requests; null where nobody asks.</summary>
    internal RequestQuota? Quota { get; }

    internal HubGroup Hubs { get; }

    /// <summary>What serves the connections, by their listeners' limits.</summary>
    internal ConnectionHandlers Handlers { get; }

    /// <summary>What accepts them.</summary>
    internal ConnectionServer Connections { get; }

    /// <summary>How many exchanges the hubs keep for later.</summary>
    internal int KeptExchanges => Handlers.KeptExchanges;

    /// <summary>How many things are kept for single hubs.</summary>
    internal int KeptForHubs => Handlers.ContextCount + (Files?.CacheCount ?? 0);

    public void Dispose()
    {
        Connections.Dispose();
        Files?.Dispose();
    }

    private HttpService MakeService(HttpServerOptions options, RequestHandler first, RefusalHandler refuse)
    {
        var observers = new List<Func<Hub, IServerObserver>>();
        if (AccessLog is { } log)
            observers.Add(hub => hub.IsOfOneConnection ? log.SharedBuffer : log.CreateBuffer());
        observers.AddRange(options.Observers.Select(static create => (Func<Hub, IServerObserver>)(_ => create())));
        return new HttpService(options.Limits, first, refuse, options.FailureHandler, options.SendServerHeader, options.TimeProvider,
            Logger)
        {
            Observers = observers,
            SendsRequestId = AccessLog is { SendsRequestId: true },
            Origin = options.Forwarding.TrustsSomebody ? new Forwarding(options.Forwarding).Resolve : null,
        };
    }
}
