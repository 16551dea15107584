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

    /// <summary>On the command line an argument without a flag.</summary>
    internal static Setting<int> Port { get; } = new()
    {
        Name = "port",
        ValueName = "PORT",
        Description = "Port to listen on, 0 to 65535; 0 has the system choose. Not together with --bind.",
        Default = "8888",
        Parse = Number(0, IPEndPoint.MaxPort),
    };

    /// <summary>On the command line an argument without a flag, too.</summary>
    internal static Setting<AppName> App { get; } = new()
    {
        Name = "app",
        ValueName = "MODULE:APP",
        Description = "What answers the requests that no module and no file does: APP of the script MODULE in the web folder, such as mini_frame:application, "
            + "or else Namespace.Type.Member of the assembly MODULE or MODULE.dll.",
        Parse = SettingParsers.App,
    };

    internal static Setting<EndPoint> Bind { get; } = new()
    {
        Name = "bind",
        ValueName = "ADDRESS",
        Description = "Address to listen on, such as 127.0.0.1:8888 or [::1]:8888, unix:PATH, or fd:N or fd:NAME for an inherited socket; "
            + "may be repeated. Default: [::]:PORT for IPv6 and IPv4.",
        Shape = SettingShape.List,
        Parse = SettingParsers.EndPoint,
    };

    internal static Setting<UnixFileMode> UnixMode { get; } = new()
    {
        Name = "unix-mode",
        ValueName = "MODE",
        Description = "Mode of unix sockets' files in octal, such as 660. Default: what the umask leaves.",
        Parse = FileMode,
    };

    internal static Setting<string> Root { get; } = new()
    {
        Name = "root",
        ValueName = "DIR",
        Description = "Document root. In a configuration file relative to the file.",
        Default = "html",
        Parse = Text,
    };

    internal static Setting<string> Web { get; } = new()
    {
        Name = "web",
        ValueName = "DIR",
        Description = "Folder of script modules: DIR/NAME.csx answers /NAME.py. The default one may be missing. In a configuration file relative to the file.",
        Default = "web",
        Parse = Text,
    };

    internal static Setting<(string Glob, string Value)> CacheControl { get; } = new()
    {
        Name = "cache-control",
        ValueName = "GLOB=VALUE",
        Description = "Cache-Control for files whose path below the root matches, such as '**/*.js=max-age=3600'; the first match counts. May be repeated.",
        Shape = SettingShape.Map,
        Parse = CacheRule,
    };

    internal static Setting<(int Status, string File)> ErrorPage { get; } = new()
    {
        Name = "error-page",
        ValueName = "STATUS=FILE",
        Description = "Page below the root for errors with that status; without FILE, none. May be repeated. Default: 404=404.html, if it is there.",
        Shape = SettingShape.Map,
        Parse = SettingParsers.ErrorPage,
    };

    internal static Setting<bool> Listing { get; } = Toggle("listing", "List folders that have no index.");

    internal static Setting<string> SinglePage { get; } = new()
    {
        Name = "spa",
        ValueName = "FILE",
        Description = "Page below the root for browsers that ask for unknown paths, with status 200.",
        Parse = Text,
    };

    internal static Setting<Http.ServerModel> Model { get; } = new()
    {
        Name = "model",
        ValueName = "MODEL",
        Description = "How connections are driven: coroutine (on a hub for each processor), epoll, poll, select or sweep (on one hub), "
            + "threads (one for each connection), processes (one for each connection) or sequential (one connection after the other).",
        Default = "coroutine",
        Parse = OneOf<Http.ServerModel>(),
    };

    internal static Setting<Runtime.EpollTrigger> EpollTrigger { get; } = new()
    {
        Name = "epoll-trigger",
        ValueName = "WHEN",
        Description = "When epoll reports a connection, for the models coroutine and epoll: edge (once for each change) or level (as long as it holds).",
        Default = "edge",
        Parse = OneOf<Runtime.EpollTrigger>(),
    };

    internal static Setting<int> ThreadStackSize { get; } = Count(
        "thread-stack-size", "Bytes of a thread's stack, for the model threads; the system takes what a thread touches.",
        Runtime.ConnectionThreadOptions.DefaultStackSize, 128 * 1024, 1024 * 1024 * 1024);

    internal static Setting<int> Workers { get; } = Count(
        "workers", "Worker processes that share the addresses, under a process that replaces those that die; SIGHUP has new ones read the configuration. 0 = none.", 0, 0, 256);

    internal static Setting<int> MaxRequests { get; } = Count(
        "max-requests", "Requests after which a worker is replaced by a fresh one; without --workers the server then stops as for SIGTERM." + NoLimit, 0);

    internal static Setting<int> MaxRequestsJitter { get; } = Count(
        "max-requests-jitter", "Up to so many requests more, by chance, so that not all workers are replaced at a time.", 0);

    internal static Setting<int> Hubs { get; } = Count("hubs", "Event loops, each on a thread of its own, for the model coroutine. 0 = one for each processor, which workers share.", 0, 0, 1024);

    internal static Setting<Runtime.TransportKind> Transport { get; } = new()
    {
        Name = "transport",
        ValueName = "WHAT",
        Description = "How bytes move over sockets: epoll (Linux), sockets (.NET's, everywhere), or auto: epoll where there is one.",
        Default = "auto",
        Parse = OneOf<Runtime.TransportKind>(),
    };

    internal static Setting<int> Backlog { get; } = Count("backlog", "Connections that wait to be accepted, on each address.", Runtime.SocketListener.DefaultBacklog, 1);

    internal static Setting<TimeSpan> ReceiveTimeout { get; } = Time("receive-timeout", "Caps every wait for a client's bytes: keep-alive, head and body." + NoLimit, "0");

    internal static Setting<TimeSpan> KeepAliveTimeout { get; } = Time("keep-alive-timeout", "How long a connection may wait for its next request." + NoLimit, "75");

    internal static Setting<TimeSpan> HeadersTimeout { get; } = Time("headers-timeout", "How long a request head may take." + NoLimit, "30");

    internal static Setting<TimeSpan> BodyTimeout { get; } = Time("body-timeout", "How long the next piece of a request body may take." + NoLimit, "30");

    internal static Setting<TimeSpan> SendTimeout { get; } = Time("send-timeout", "How long a client may take nothing of its response." + NoLimit, "30");

    internal static Setting<TimeSpan> RequestTimeout { get; } = Time("request-timeout", "How long an app may work without reading or writing." + NoLimit, "300");

    internal static Setting<TimeSpan> ShutdownTimeout { get; } = Time("shutdown-timeout", "How long requests in flight may take once the server stops.", "30");

    internal static Setting<int> MaxConnections { get; } = Count("max-connections", "Connections at a time; --overload says what happens to further ones. The model processes has 64 unless told otherwise." + NoLimit, 0);

    internal static Setting<Http.OverloadMode> Overload { get; } = new()
    {
        Name = "overload",
        ValueName = "WHAT",
        Description = "Connections beyond --max-connections: wait (in the backlog) or refuse (503 with Retry-After).",
        Default = "wait",
        Parse = OneOf<Http.OverloadMode>(),
    };

    internal static Setting<int> MaxConcurrentRequests { get; } = Count(
        "max-concurrent-requests", "Requests worked on at a time, for which idle connections do not count; further ones wait." + NoLimit, 0);

    internal static Setting<int> MaxQueuedRequests { get; } = Count(
        "max-queued-requests", "Requests that wait for --max-concurrent-requests; further ones are answered with 503. 0 = none waits.", 100);

    internal static Setting<TimeSpan> QueueTimeout { get; } = Time(
        "queue-timeout", "How long a request may wait for --max-concurrent-requests; then it is answered with 503." + NoLimit, "10");

    internal static Setting<int> MaxRequestsPerConnection { get; } = Count("max-requests-per-connection", "Requests on one connection." + NoLimit, 0);

    internal static Setting<long> MaxBodySize { get; } = new()
    {
        Name = "max-body-size",
        ValueName = "BYTES",
        Description = "Size of a request body." + NoLimit,
        Default = "30000000",
        Parse = Number(0L, long.MaxValue),
    };

    internal static Setting<int> MinBodyDataRate { get; } = Count(
        "min-body-data-rate", "Bytes a second at which a request body must come, after its first 5 seconds." + NoLimit, 240);

    internal static Setting<int> MinResponseDataRate { get; } = Count(
        "min-response-data-rate", "Bytes a second at which a client must take its response, after the first 5 seconds of waiting for it." + NoLimit, 240);

    internal static Setting<int> MaxRequestLineSize { get; } = Count("max-request-line-size", "Bytes of a request line." + NoLimit, 8 * 1024);

    internal static Setting<int> MaxHeadersSize { get; } = Count("max-headers-size", "Bytes of a request's headers together." + NoLimit, 32 * 1024);

    internal static Setting<int> MaxHeaderCount { get; } = Count("max-header-count", "Headers of a request." + NoLimit, 100);

    internal static Setting<string> AccessLog { get; } = new()
    {
        Name = "access-log",
        ValueName = "FILE",
        Description = "File that gets a line for each request, or - for the standard output. SIGUSR1 opens it anew. In a configuration file relative to the file.",
        Parse = Text,
    };

    internal static Setting<string> AccessLogFormat { get; } = new()
    {
        Name = "access-log-format",
        ValueName = "FORMAT",
        Description = "What stands in a line: combined, json, or text with gunicorn's atoms, such as '%(h)s %(t)s \"%(r)s\" %(s)s %(D)s'.",
        Default = "combined",
        Parse = SettingParsers.AccessLogFormat,
    };

    internal static Setting<Tuple<IPNetwork?>> TrustedProxies { get; } = new()
    {
        Name = "trusted-proxies",
        ValueName = "CIDR,...",
        Description = "Proxies whose headers tell where a request came from: addresses, networks such as 10.0.0.0/8, "
            + "and unix for whoever connects to a unix socket. Default: none.",
        Shape = SettingShape.List,
        SplitsAtCommas = true,
        Parse = TrustedProxy,
    };

    internal static Setting<ForwardedHeaders> ForwardedHeaders { get; } = new()
    {
        Name = "forwarded-headers",
        ValueName = "NAME,...",
        Description = "Headers that the trusted proxies set themselves: x-forwarded-for, x-forwarded-proto and x-forwarded-host, or forwarded alone.",
        Default = "x-forwarded-for,x-forwarded-proto",
        Parse = ForwardedHeaderNames,
    };

    internal static Setting<string> AllowedHosts { get; } = new()
    {
        Name = "allowed-hosts",
        ValueName = "HOST,...",
        Description = "Hosts that requests may be for, such as a.example or *.b.example, without ports; others are answered with 421. Default: all.",
        Shape = SettingShape.List,
        SplitsAtCommas = true,
        Parse = AllowedHost,
    };

    internal static Setting<string> RootPath { get; } = new()
    {
        Name = "root-path",
        ValueName = "PATH",
        Description = "Prefix of all paths, such as /app, behind a proxy that passes on a part of its site: SCRIPT_NAME to apps. Other paths are 404. Default: none.",
        Parse = SettingParsers.RootPath,
    };

    internal static Setting<bool> NoServerHeader { get; } = Toggle("no-server-header", "Leave 'Server: AsyncServer' out of responses.");

    internal static Setting<bool> Dev { get; } = Toggle(
        "dev", "Answer failures of apps with a page that shows the error, its source and the request. Not where strangers can ask.");

    internal static Setting<LogLevel> LogLevel { get; } = new()
    {
        Name = "log-level",
        ValueName = "LEVEL",
        Description = "Least level of log lines: Trace, Debug, Information, Warning, Error, Critical or None.",
        Default = "Information",
        Parse = OneOf<LogLevel>(),
    };

    internal static IReadOnlyList<Setting> All { get; } =
    [
        Port, App, Bind, UnixMode, Root, Web, CacheControl, ErrorPage, Listing, SinglePage, Workers, MaxRequests, MaxRequestsJitter,
        Model, EpollTrigger, ThreadStackSize, Hubs, Transport, Backlog, ReceiveTimeout, KeepAliveTimeout,
        HeadersTimeout, BodyTimeout, SendTimeout, RequestTimeout, ShutdownTimeout, MaxConnections, Overload, MaxConcurrentRequests,
        MaxQueuedRequests, QueueTimeout, MaxRequestsPerConnection, MaxBodySize, MinBodyDataRate, MinResponseDataRate, MaxRequestLineSize, MaxHeadersSize, MaxHeaderCount,
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

    private static Setting<TimeSpan> Time(string name, string description, string standard) => new()
    {
        Name = name,
        ValueName = "SECONDS",
        Description = description,
        Default = standard,
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
