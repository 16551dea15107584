using System.Net;
using AsyncServer.Development;
using AsyncServer.Http;
using AsyncServer.Modules;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Configuration;

/// <summary>What the settings mean to <see cref="HttpServer"/>.</summary>
internal static class ServerSettings
{
    private const int DefaultProcesses = 64;

    /// <param name="settings">The settings.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <param name="listen">Where to listen.</param>
    /// <param name="modules">The script modules, if there are any.</param>
    /// <param name="hasOneConnection">Whether the server is for one connection alone.</param>
    /// <param name="take">What takes the connections in the server's place, if anything does.</param>
    internal static HttpServerOptions ToOptions(
        EffectiveSettings settings, ILoggerFactory logging, IReadOnlyList<HttpListenOptions> listen, IModuleSource? modules = null,
        bool hasOneConnection = false, Func<AcceptedSocket, Task>? take = null) => new()
        {
            Listen = listen,
            Root = settings.GetPath(Settings.Root),
            Files = Files(settings),
            Modules = modules,
            FailureHandler = settings.Get(Settings.Dev) ? FailureAnswer.Make : null,
            Model = hasOneConnection ? ServerModel.Coroutine : settings.Get(Settings.Model),
            EpollTrigger = settings.Get(Settings.EpollTrigger),
            ThreadStackSize = settings.Get(Settings.ThreadStackSize),
            Hubs = hasOneConnection ? 1 : Hubs(settings),
            Transport = hasOneConnection ? TransportKind.Auto : settings.Get(Settings.Transport), // it is handed a descriptor
            TakeConnection = take,
            MaxRequests = MaxRequests(settings),
            // who blocks there blocks nobody else
            BlockingThreshold = hasOneConnection ? TimeSpan.Zero : new HttpServerOptions().BlockingThreshold,
            ShutdownTimeout = settings.Get(Settings.ShutdownTimeout),
            SendServerHeader = !settings.Get(Settings.NoServerHeader),
            AccessLog = AccessLog(settings),
            Forwarding = Forwarding(settings),
            AllowedHosts = settings.GetAll(Settings.AllowedHosts),
            RootPath = settings.IsSet(Settings.RootPath) ? settings.Get(Settings.RootPath) : "",
            TrimMemory = !hasOneConnection,
            RefuseWhenMemoryIsShort = true,
            LoggerFactory = logging,
            Limits = new HttpLimits
            {
                MaxRequestLineSize = settings.Get(Settings.MaxRequestLineSize),
                MaxRequestHeadersTotalSize = settings.Get(Settings.MaxHeadersSize),
                MaxRequestHeaderCount = settings.Get(Settings.MaxHeaderCount),
                MaxRequestBodySize = settings.Get(Settings.MaxBodySize),
                MinRequestBodyDataRate = settings.Get(Settings.MinBodyDataRate),
                MinResponseDataRate = settings.Get(Settings.MinResponseDataRate),
                MaxConnections = MaxConnections(settings),
                Overload = settings.Get(Settings.Overload),
                MaxConcurrentRequests = settings.Get(Settings.MaxConcurrentRequests),
                MaxQueuedRequests = settings.Get(Settings.MaxQueuedRequests),
                QueueTimeout = settings.Get(Settings.QueueTimeout),
                MaxRequestsPerConnection = settings.Get(Settings.MaxRequestsPerConnection),
                ReceiveTimeout = settings.Get(Settings.ReceiveTimeout),
                KeepAliveTimeout = settings.Get(Settings.KeepAliveTimeout),
                RequestHeadersTimeout = settings.Get(Settings.HeadersTimeout),
                RequestBodyTimeout = settings.Get(Settings.BodyTimeout),
                SendTimeout = settings.Get(Settings.SendTimeout),
                RequestTimeout = settings.Get(Settings.RequestTimeout),
            },
        };

    /// <summary>The folder of script modules, as it was given; null where the default one is not there.</summary>
    /// <exception cref="ModuleException">It was asked for and is not there.</exception>
    internal static string? WebFolder(EffectiveSettings settings)
    {
        string folder = settings.GetPath(Settings.Web);
        if (Directory.Exists(folder))
            return folder;
        return settings.IsSet(Settings.Web) ? throw NoWebFolder(folder) : null;
    }

    /// <summary>Where the app is; null where none is asked for.</summary>
    /// <exception cref="ModuleException">It is nowhere.</exception>
    internal static AppSource? App(EffectiveSettings settings, string? web) =>
        settings.IsSet(Settings.App) ? AppSource.Find(settings.Get(Settings.App), web, settings.ToPath(Settings.App, ".")) : null;

    internal static ModuleException NoWebFolder(string folder) =>
        new($"The web folder '{folder}' does not exist or is not a directory. Make it, or name another with --web DIR.");

    // A process for each connection takes some 14 MB and a start of .NET: without a cap a burst would take the machine.
    private static int MaxConnections(EffectiveSettings settings) =>
        settings.Get(Settings.Model) == ServerModel.Processes
            && !settings.IsSet(Settings.MaxConnections) ? DefaultProcesses : settings.Get(Settings.MaxConnections);

    private static int Hubs(EffectiveSettings settings)
    {
        int workers = settings.Get(Settings.Workers);
        int hubs = settings.Get(Settings.Hubs);
        return hubs == 0 && workers > 0 && settings.Get(Settings.Model) == ServerModel.Coroutine
            ? Math.Max(1, Environment.ProcessorCount / workers) : hubs;
    }

    // With random jitter, so that workers that started together do not end together.
    private static int MaxRequests(EffectiveSettings settings)
    {
        int requests = settings.Get(Settings.MaxRequests);
        return requests == 0 ? 0 : (int)Math.Min(int.MaxValue,
            requests + Random.Shared.NextInt64(settings.Get(Settings.MaxRequestsJitter) + 1L));
    }

    private static AccessLogOptions? AccessLog(EffectiveSettings settings)
    {
        if (!settings.IsSet(Settings.AccessLog))
            return null;
        string path = settings.Get(Settings.AccessLog);
        return new AccessLogOptions
        {
            Path = path == AccessLogOptions.StandardOutput ? path : settings.ToPath(Settings.AccessLog, path),
            Format = settings.Get(Settings.AccessLogFormat),
        };
    }

    private static ForwardingOptions Forwarding(EffectiveSettings settings)
    {
        var networks = settings.GetAll(Settings.TrustedProxies).Select(static proxy => proxy.Item1).ToList();
        return new ForwardingOptions
        {
            TrustedProxies = [.. networks.OfType<IPNetwork>()],
            TrustsUnixSockets = networks.Contains(null),
            Headers = settings.Get(Settings.ForwardedHeaders),
        };
    }

    private static StaticFileOptions Files(EffectiveSettings settings)
    {
        var standard = new StaticFileOptions();
        return new StaticFileOptions
        {
            CacheControl = settings.GetAll(Settings.CacheControl),
            MediaTypes = Types(settings),
            ErrorPages = settings.IsSet(Settings.ErrorPage) ? Pages(settings) : standard.ErrorPages,
            ListsDirectories = settings.Get(Settings.Listing),
            SinglePage = settings.IsSet(Settings.SinglePage) ? settings.Get(Settings.SinglePage) : null,
        };
    }

    // The last of those for an extension counts.
    private static Dictionary<string, string> Types(EffectiveSettings settings)
    {
        var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (extension, type) in settings.GetAll(Settings.MediaType))
            types[extension] = type;
        return types;
    }

    // The last of those for a status counts; one without a file takes the page away.
    private static Dictionary<int, string> Pages(EffectiveSettings settings)
    {
        var pages = new Dictionary<int, string>();
        foreach (var (status, file) in settings.GetAll(Settings.ErrorPage))
            pages[status] = file;
        return pages.Where(static page => page.Value.Length > 0).ToDictionary();
    }
}
