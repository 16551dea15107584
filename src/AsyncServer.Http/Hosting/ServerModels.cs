using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>What the models are made of: how many hubs, which poller, and whether a connection gets a thread.</summary>
internal static class ServerModels
{
    private const int OneHub = 1;

    /// <exception cref="ArgumentException">The options ask for what the model does not have.</exception>
    internal static void Check(HttpServerOptions options)
    {
        if (HasOneHub(options.Model) && options.Hubs > OneHub)
            throw new ArgumentException($"The model {options.Model} has one hub, not {options.Hubs}.", nameof(options));
        if (!UsesEpoll(options.Model) && options.EpollTrigger != EpollTrigger.Edge)
            throw new ArgumentException($"The model {options.Model} does not use epoll, so it has no trigger.", nameof(options));
        if (options.Model != ServerModel.Coroutine && options.Transport == TransportKind.Sockets)
            throw new ArgumentException($"The model {options.Model} polls descriptors itself, which the transport Sockets does not have.",
                nameof(options));
    }

    internal static HubGroup MakeHubs(HttpServerOptions options, ILogger logger, Action? swept)
    {
        var hubs = new HubOptions
        {
            TimeProvider = options.TimeProvider,
            Observer = new HubLog(logger),
            Swept = swept,
            BlockingThreshold = IsBlocking(options.Model) ? TimeSpan.Zero : options.BlockingThreshold,
            Transport = options.Model == ServerModel.Coroutine ? options.Transport : TransportKind.Epoll,
            CreatePoller = Poller(options),
        };
        var threads = options.Model == ServerModel.Threads ? new ConnectionThreadOptions { StackSize = options.ThreadStackSize } : null;
        return new HubGroup(HasOneHub(options.Model) ? OneHub : options.Hubs, hubs, threads);
    }

    /// <summary>How many connections are served at a time; 0 for no limit.</summary>
    internal static int MaxConnections(HttpServerOptions options) =>
        options.Model == ServerModel.Sequential ? 1 : options.Limits.MaxConnections;

    /// <summary>Whether connections beyond that are told so, instead of waiting.</summary>
    internal static bool RefusesConnections(HttpServerOptions options) =>
        options.Limits.Overload == OverloadMode.Refuse && options.Model != ServerModel.Sequential;

    // Others wait for who blocks in any case, or nobody does.
    private static bool IsBlocking(ServerModel model) => model is ServerModel.Sequential or ServerModel.Threads;

    private static bool HasOneHub(ServerModel model) => model != ServerModel.Coroutine;

    private static bool UsesEpoll(ServerModel model) => model is ServerModel.Coroutine or ServerModel.Epoll;

    private static Func<IPoller> Poller(HttpServerOptions options) => options.Model switch
    {
        ServerModel.Processes => new HubOptions().CreatePoller, // for accepting alone
        ServerModel.Coroutine when options.EpollTrigger == EpollTrigger.Edge => new HubOptions().CreatePoller,
        ServerModel.Coroutine or ServerModel.Epoll => () => new EpollPoller(options.EpollTrigger),
        ServerModel.Select => static () => new SelectPoller(),
        ServerModel.Sweep => static () => new SweepPoller(),
        _ => static () => new PollPoller(),
    };
}
