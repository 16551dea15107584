using System.Globalization;
using System.Net;
using AsyncServer.Http;
using AsyncServer.Modules;
using Microsoft.Extensions.Logging;
using static AsyncServer.Configuration.SettingParsers;

namespace AsyncServer.Configuration;

/// <summary>Everything that can be set, in the order of <c>--help</c>.</summary>
internal static class Settings
{
    private const string NoLimit = " 0 = no limit.";

    // Whose defaults are those of the settings.
    private static readonly HttpServerOptions Options = new();
    private static readonly HttpLimits Limits = Options.Limits;

    /// <summary>On the command line an argument without a flag.</summary>
    internal static Setting<int> Port { get; } = new()
    {
        Name = "port",
        ValueName = "PORT",
        Description = "Port to listen on, 0 to 65535; 0 lets the system choose. Cannot be combined with --bind.",
        Default = "8888",
        Parse = Number(0, IPEndPoint.MaxPort),
    };

    /// <summary>On the command line an argument without a flag, too.</summary>
    internal static Setting<AppName> App { get; } = new()
    {
        Name = "app",
        ValueName = "MODULE:APP",
        Description =
            "App for requests that no module and no file answers: APP of the script MODULE in the web folder, such as "
            + "mini_frame:application, or Namespace.Type.Member of the assembly MODULE or MODULE.dll.",
        Parse = SettingParsers.App,
    };

    internal static Setting<EndPoint> Bind { get; } = new()
    {
        Name = "bind",
        ValueName = "ADDRESS",
        Description =
            "Address to listen on, such as 127.0.0.1:8888, [::1]:8888, localhost:8888, :8888 or unix:PATH; fd:N or fd:NAME for an "
                + "inherited socket. May be "
            + "repeated. Default: [::]:PORT, for IPv6 and IPv4.",
        Shape = SettingShape.List,
        Parse = SettingParsers.EndPoint,
    };

    internal static Setting<UnixFileMode> UnixMode { get; } = new()
    {
        Name = "unix-mode",
        ValueName = "MODE",
        Description = "Octal file mode for unix sockets, such as 660. Default: set by the umask.",
        Parse = FileMode,
    };

    internal static Setting<string> Root { get; } = new()
    {
        Name = "root",
        ValueName = "DIR",
        Description = "Document root. In a configuration file, relative to that file.",
        Default = "html",
        Parse = Text,
    };

    internal static Setting<string> Web { get; } = new()
    {
        Name = "web",
        ValueName = "DIR",
        Description =
            "Folder of script modules: DIR/NAME.csx answers /NAME.py. The default folder may be missing. In a configuration file, "
            + "relative to that file.",
        Default = "web",
        Parse = Text,
    };

    internal static Setting<(string Glob, string Value)> CacheControl { get; } = new()
    {
        Name = "cache-control",
        ValueName = "GLOB=VALUE",
        Description =
            "Cache-Control for files whose path below the root matches, such as '**/*.js=max-age=3600'; the first match wins. May "
            + "be repeated.",
        Shape = SettingShape.Map,
        Parse = CacheRule,
    };

    internal static Setting<(string Extension, string Type)> MediaType { get; } = new()
    {
        Name = "media-type",
        ValueName = "EXT=TYPE",
        Description = "Content-Type of files with that extension, such as '.ts=text/plain; charset=utf-8'. May be repeated.",
        Shape = SettingShape.Map,
        Parse = SettingParsers.MediaType,
    };

    internal static Setting<(int Status, string File)> ErrorPage { get; } = new()
    {
        Name = "error-page",
        ValueName = "STATUS=FILE",
        Description =
            "Page below the root to send for errors with that status; an empty FILE turns it off. May be repeated. Default: "
            + "404=404.html, if it exists.",
        Shape = SettingShape.Map,
        Parse = SettingParsers.ErrorPage,
    };

    internal static Setting<bool> Listing { get; } = Toggle("listing",
        "List folders that have no index page.");

    internal static Setting<string> SinglePage { get; } = new()
    {
        Name = "spa",
        ValueName = "FILE",
        Description = "Page below the root to send, with status 200, when a browser asks for an unknown path.",
        Parse = Text,
    };

    internal static Setting<Http.ServerModel> Model { get; } = new()
    {
        Name = "model",
        ValueName = "MODEL",
        Description =
            "How connections are served: coroutine (event loops, one per processor), epoll, poll, select or sweep (one event loop), "
            + "threads (one per connection), processes (one per connection) or sequential (one connection at a time).",
        Default = "coroutine",
        Parse = OneOf<Http.ServerModel>(),
    };

    internal static Setting<Runtime.EpollTrigger> EpollTrigger { get; } = new()
    {
        Name = "epoll-trigger",
        ValueName = "WHEN",
        Description =
            "When epoll reports a connection, for the models coroutine and epoll: edge (once per change) or level (while it is "
            + "ready).",
        Default = "edge",
        Parse = OneOf<Runtime.EpollTrigger>(),
    };

    internal static Setting<int> ThreadStackSize { get; } = Count("thread-stack-size",
        "Stack size of a thread in bytes, for the model threads; the system commits only what is used.",
        Options.ThreadStackSize, 128 * 1024, 1024 * 1024 * 1024);

    internal static Setting<int> Workers { get; } = Count("workers",
        "Worker processes that share the addresses under a supervisor, which replaces those that die; SIGHUP reloads the "
        + "configuration. 0 = none.", 0, 0, 256);

    internal static Setting<int> MaxRequests { get; } = Count("max-requests",
        "Requests after which a worker is replaced; without --workers the server stops, as for SIGTERM." + NoLimit, Options.MaxRequests);

    internal static Setting<int> MaxRequestsJitter { get; } = Count("max-requests-jitter",
        "Random extra requests, up to N, so that workers are not all replaced at once.", 0);

    internal static Setting<int> Hubs { get; } = Count("hubs",
        "Event loops, each on its own thread, for the model coroutine. 0 = one per processor, shared among the workers.", Options.Hubs, 0,
            1024);

    internal static Setting<Runtime.TransportKind> Transport { get; } = new()
    {
        Name = "transport",
        ValueName = "WHAT",
        Description =
            "How bytes move over sockets: epoll (Linux), sockets (those of .NET, on every system), or auto: epoll where available.",
        Default = "auto",
        Parse = OneOf<Runtime.TransportKind>(),
    };

    internal static Setting<int> Backlog { get; } = Count("backlog",
        "Connections that may wait to be accepted, per address.", Options.Backlog, 1);

    internal static Setting<TimeSpan> ReceiveTimeout { get; } = Time("receive-timeout",
        "Upper bound for every wait for bytes from a client: keep-alive, head and body." + NoLimit, Limits.ReceiveTimeout);

    internal static Setting<TimeSpan> KeepAliveTimeout { get; } = Time("keep-alive-timeout",
        "How long a connection may stay idle between requests." + NoLimit, Limits.KeepAliveTimeout);

    internal static Setting<TimeSpan> HeadersTimeout { get; } = Time("headers-timeout",
        "How long a request head may take to arrive." + NoLimit, Limits.RequestHeadersTimeout);

    internal static Setting<TimeSpan> BodyTimeout { get; } = Time("body-timeout",
        "How long to wait for the next bytes of a request body." + NoLimit, Limits.RequestBodyTimeout);

    internal static Setting<TimeSpan> SendTimeout { get; } = Time("send-timeout",
        "How long a client may go without reading any of its response." + NoLimit, Limits.SendTimeout);

    internal static Setting<TimeSpan> RequestTimeout { get; } = Time("request-timeout",
        "How long an app may work without reading or writing." + NoLimit, Limits.RequestTimeout);

    internal static Setting<TimeSpan> ShutdownTimeout { get; } = Time("shutdown-timeout",
        "How long requests in flight may take once the server is stopping.", Options.ShutdownTimeout);

    internal static Setting<int> MaxConnections { get; } = Count("max-connections",
        "Maximum number of open connections; --overload says what happens beyond it. The default for the model processes is 64." + NoLimit,
            Limits.MaxConnections);

    internal static Setting<Http.OverloadMode> Overload { get; } = new()
    {
        Name = "overload",
        ValueName = "WHAT",
        Description =
            "What happens to connections beyond --max-connections: wait (in the backlog) or refuse (503 with Retry-After).",
        Default = "wait",
        Parse = OneOf<Http.OverloadMode>(),
    };

    internal static Setting<int> MaxConcurrentRequests { get; } = Count("max-concurrent-requests",
        "Maximum number of requests in progress, idle connections not counted; further requests wait." + NoLimit,
            Limits.MaxConcurrentRequests);

    internal static Setting<int> MaxQueuedRequests { get; } = Count("max-queued-requests",
        "Maximum number of requests waiting for --max-concurrent-requests; further ones get 503. 0 = none may wait.",
            Limits.MaxQueuedRequests);

    internal static Setting<TimeSpan> QueueTimeout { get; } = Time("queue-timeout",
        "How long a request may wait for --max-concurrent-requests before it gets 503." + NoLimit, Limits.QueueTimeout);

    internal static Setting<int> MaxRequestsPerConnection { get; } = Count("max-requests-per-connection",
        "Maximum number of requests on one connection." + NoLimit, Limits.MaxRequestsPerConnection);

    internal static Setting<long> MaxBodySize { get; } = new()
    {
        Name = "max-body-size",
        ValueName = "BYTES",
        Description = "Maximum size of a request body." + NoLimit,
        Default = $"{Limits.MaxRequestBodySize}",
        Parse = Number(0L, long.MaxValue),
    };

    internal static Setting<int> MinBodyDataRate { get; } = Count("min-body-data-rate",
        "Minimum rate of a request body in bytes per second, after its first 5 seconds." + NoLimit, Limits.MinRequestBodyDataRate);

    internal static Setting<int> MinResponseDataRate { get; } = Count("min-response-data-rate",
        "Minimum rate in bytes per second at which a client must read its response, after 5 seconds of waiting for it." + NoLimit,
            Limits.MinResponseDataRate);

    internal static Setting<int> MaxRequestLineSize { get; } = Count("max-request-line-size",
        "Maximum size of a request line in bytes." + NoLimit, Limits.MaxRequestLineSize);

    internal static Setting<int> MaxHeadersSize { get; } = Count("max-headers-size",
        "Maximum total size of the headers of a request in bytes." + NoLimit, Limits.MaxRequestHeadersTotalSize);

    internal static Setting<int> MaxHeaderCount { get; } = Count("max-header-count",
        "Maximum number of headers in a request." + NoLimit, Limits.MaxRequestHeaderCount);

    internal static Setting<string> AccessLog { get; } = new()
    {
        Name = "access-log",
        ValueName = "FILE",
        Description =
            "File for the access log, or - for standard output. SIGUSR1 reopens it. In a configuration file, relative to that file.",
        Parse = Text,
    };

    internal static Setting<string> AccessLogFormat { get; } = new()
    {
        Name = "access-log-format",
        ValueName = "FORMAT",
        Description =
            "Format of an access log line: combined, json, or text with gunicorn's atoms, such as '%(h)s %(t)s \"%(r)s\" %(s)s "
            + "%(D)s'.",
        Default = "combined",
        Parse = SettingParsers.AccessLogFormat,
    };

    internal static Setting<Tuple<IPNetwork?>> TrustedProxies { get; } = new()
    {
        Name = "trusted-proxies",
        ValueName = "CIDR,...",
        Description =
            "Proxies whose headers say where a request came from: addresses, networks such as 10.0.0.0/8, and unix for clients of a "
            + "unix socket. Default: none.",
        Shape = SettingShape.List,
        SplitsAtCommas = true,
        Parse = TrustedProxy,
    };

    internal static Setting<ForwardedHeaders> ForwardedHeaders { get; } = new()
    {
        Name = "forwarded-headers",
        ValueName = "NAME,...",
        Description =
            "Headers that the trusted proxies set: x-forwarded-for, x-forwarded-proto and x-forwarded-host, or forwarded on its "
            + "own.",
        Default = "x-forwarded-for,x-forwarded-proto",
        Parse = ForwardedHeaderNames,
    };

    internal static Setting<string> AllowedHosts { get; } = new()
    {
        Name = "allowed-hosts",
        ValueName = "HOST,...",
        Description =
            "Hosts that requests may name, such as a.example or *.b.example, without ports; others get 421. Default: all.",
        Shape = SettingShape.List,
        SplitsAtCommas = true,
        Parse = AllowedHost,
    };

    internal static Setting<string> RootPath { get; } = new()
    {
        Name = "root-path",
        ValueName = "PATH",
        Description =
            "Path prefix, such as /app, behind a proxy that forwards part of its site; apps see it as SCRIPT_NAME. Other paths get "
            + "404. Default: none.",
        Parse = SettingParsers.RootPath,
    };

    internal static Setting<bool> NoServerHeader { get; } = Toggle("no-server-header",
        "Leave 'Server: AsyncServer' out of responses.");

    internal static Setting<bool> Dev { get; } = Toggle("dev",
        "Answer app failures with a page that shows the error, its source and the request. Never use it where strangers "
        + "can connect.");

    internal static Setting<LogLevel> LogLevel { get; } = new()
    {
        Name = "log-level",
        ValueName = "LEVEL",
        Description = "Minimum level of log lines: Trace, Debug, Information, Warning, Error, Critical or None.",
        Default = "Information",
        Parse = OneOf<LogLevel>(),
    };

    internal static IReadOnlyList<Setting> All { get; } =
    [
        Port, App, Bind, UnixMode, Root, Web, CacheControl, MediaType, ErrorPage, Listing, SinglePage, Workers, MaxRequests,
            MaxRequestsJitter,
        Model, EpollTrigger, ThreadStackSize, Hubs, Transport, Backlog, ReceiveTimeout, KeepAliveTimeout,
        HeadersTimeout, BodyTimeout, SendTimeout, RequestTimeout, ShutdownTimeout, MaxConnections, Overload, MaxConcurrentRequests,
        MaxQueuedRequests, QueueTimeout, MaxRequestsPerConnection, MaxBodySize, MinBodyDataRate, MinResponseDataRate, MaxRequestLineSize,
            MaxHeadersSize, MaxHeaderCount,
        AccessLog, AccessLogFormat, TrustedProxies, ForwardedHeaders, AllowedHosts, RootPath, NoServerHeader, Dev, LogLevel,
    ];

    /// <summary>What workers do not decide for themselves, so that only a restart changes it.</summary>
    internal static IReadOnlyList<Setting> OfTheSupervisor { get; } = [Port, Bind, UnixMode, Workers];

    private static Setting<int> Count(string name, string description, int standard, int least = 0, int most = int.MaxValue) => new()
    {
        Name = name,
        ValueName = "N",
        Description = description,
        Default = $"{standard}",
        Parse = Number(least, most),
    };

    private static Setting<TimeSpan> Time(string name, string description, TimeSpan standard) => new()
    {
        Name = name,
        ValueName = "SECONDS",
        Description = description,
        Default = standard.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        Parse = Seconds,
    };

    private static Setting<bool> Toggle(string name, string description) => new()
    {
        Name = name,
        Description = description,
        Default = "false",
        Shape = SettingShape.Switch,
        Parse = Switch,
    };
}
