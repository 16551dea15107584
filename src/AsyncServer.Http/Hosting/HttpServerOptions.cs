using System.Net;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncServer.Http;

/// <summary>What a server listens on, serves and allows.</summary>
public sealed class HttpServerOptions
{
    /// <summary>
    /// The port of the default address, 0 to 65535; 0 has the system choose. Default: 8888. It counts where <see cref="Listen"/> and
    /// <see cref="EndPoints"/> are empty.
    /// </summary>
    public int Port { get; init; } = 8888;

    /// <summary>
    /// The listeners, each with options of its own. The addresses of <see cref="EndPoints"/> follow them. Empty, the default, for none
    /// but those. A listener's index, by which other processes name it, is its position among all of them.
    /// </summary>
    public IReadOnlyList<HttpListenOptions> Listen { get; init; } = [];

    /// <summary>
    /// Addresses to listen on that need no options: short for a <see cref="Listen"/> with the server's limits, <see cref="Backlog"/> and
    /// <see cref="UnixSocketMode"/>. Where both are empty, the default, the server listens on <see cref="Port"/> on all addresses:
    /// <c>[::]</c> with IPv4, or <c>0.0.0.0</c> without IPv6.
    /// </summary>
    /// <remarks>What they may be is listed at <see cref="ListenOptions.EndPoint"/>.</remarks>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>
    /// The mode of unix sockets' files; null, the default, leaves it to the umask. It holds for <see cref="EndPoints"/>; those of
    /// <see cref="Listen"/> have their own.
    /// </summary>
    public UnixFileMode? UnixSocketMode { get; init; }

    /// <summary>
    /// The document root, or null to serve no files. It is held open: renamed, it stays the root. Names that begin with a dot
    /// (<c>.well-known</c> excepted), sources of modules and links that are absolute or lead out of it are not served.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>How the files below the root are served.</summary>
    public StaticFileOptions Files { get; init; } = new();

    /// <summary>
    /// What answers paths that end in <c>.py</c> and have no route, before the files do; null, the default, for none. The server does not
    /// dispose it.
    /// </summary>
    public IModuleSource? Modules { get; init; }

    /// <summary>
    /// Makes the answers to requests whose app failed; null, the default, for a plain 500 that shows the request's id, or the page for it.
    /// </summary>
    public FailureHandler? FailureHandler { get; init; }

    /// <summary>How connections are driven. Default: a coroutine for each, on a hub for each processor.</summary>
    public ServerModel Model { get; init; }

    /// <summary>When epoll reports a connection, in the models that use it. Default: edge-triggered.</summary>
    public EpollTrigger EpollTrigger { get; init; }

    /// <summary>Bytes of a thread's stack in the model <see cref="ServerModel.Threads"/>, at least 128 KB. Default: 512 KB.</summary>
    public int ThreadStackSize { get; init; } = ConnectionThreadOptions.DefaultStackSize;

    /// <summary>
    /// How many hubs, 1 to 1,024; 0, the default, means one for each available processor. Other models than the default one have one.
    /// </summary>
    public int Hubs { get; init; }

    /// <summary>How bytes move over sockets. Default: epoll on Linux, .NET's sockets elsewhere.</summary>
    public TransportKind Transport { get; init; }

    /// <summary>
    /// Connections that may wait to be accepted on each address of <see cref="EndPoints"/>, or on the default one; the system may cap it.
    /// Those of <see cref="Listen"/> have their own.
    /// </summary>
    public int Backlog { get; init; } = SocketListener.DefaultBacklog;

    /// <summary>Limits and deadlines.</summary>
    public HttpLimits Limits { get; init; } = new();

    /// <summary>
    /// Takes each accepted connection in the server's place, for instance to give it to another process with its
    /// <see cref="AcceptedSocket.Listener"/>, and ends when that connection has; called on the hub that accepts.
    /// <see cref="HttpLimits.MaxConnections"/> counts them; a stop does not wait for them. Null, the default: the server serves them
    /// itself.
    /// </summary>
    public Func<AcceptedSocket, Task>? TakeConnection { get; init; }

    /// <summary>
    /// The number of requests after which the server is to be replaced by a fresh one: <see cref="HttpServer.MaxRequestsReached"/> ends,
    /// and <see cref="HttpServer.RunAsync"/> stops as for a signal. 0, the default, for never.
    /// </summary>
    public int MaxRequests { get; init; }

    /// <summary>How long requests in flight may take once the server stops. Default: 30 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether responses carry <c>Server: AsyncServer</c>. Default: yes.</summary>
    public bool SendServerHeader { get; init; } = true;

    /// <summary>
    /// Whether a full collection gives memory back once a burst is over and the process has been idle for a second; it pauses the process
    /// for some milliseconds. For programs that are servers and nothing else; default: no.
    /// </summary>
    public bool TrimMemory { get; init; }

    /// <summary>
    /// Whether requests are answered with 503 and Retry-After while more than 85% of the memory that the collector may use is in use, until
    /// it is less than 75%: <c>DOTNET_GCHeapHardLimit</c>, or what the container or the machine has. Best effort: it looks four times a
    /// second. For programs that are servers and nothing else; default: no.
    /// </summary>
    public bool RefuseWhenMemoryIsShort { get; init; }

    /// <summary>
    /// How long an app may hold its hub without an await before a warning names the request; see
    /// <see cref="HubOptions.BlockingThreshold"/>. Default: 100 ms.
    /// </summary>
    public TimeSpan BlockingThreshold { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A line for each request; null, the default, for none.</summary>
    public AccessLogOptions? AccessLog { get; init; }

    /// <summary>Which proxies tell where requests come from. Default: none.</summary>
    public ForwardingOptions Forwarding { get; init; } = new();

    /// <summary>
    /// Hosts that requests may be for, without ports: names, IP literals in brackets, <c>*.b.example</c> for all names below. Others are
    /// 421 (RFC 9110 section 7.4). Empty, the default, for all.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>
    /// A prefix such as <c>/app</c> that all paths have, because a proxy passes on that part of its site. It is taken from them and is
    /// <c>SCRIPT_NAME</c> to apps; paths without it are 404. Empty, the default, for none.
    /// </summary>
    public string RootPath { get; init; } = "";

    /// <summary>Where log lines go. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock of deadlines and of <c>Date</c>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Each makes an observer for a hub, told beside the access log.</summary>
    internal IReadOnlyList<Func<IServerObserver>> Observers { get; init; } = [];

    /// <summary>Checks what can be checked without listening; a server does so when it is made.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; its name is the parameter's.</exception>
    /// <exception cref="ArgumentException">
    /// The model goes with one hub alone or does not use epoll, and the options ask for it; or a value of <see cref="Files"/>,
    /// <see cref="AccessLog"/>, <see cref="Forwarding"/>, <see cref="AllowedHosts"/>, <see cref="Listen"/> or <see cref="RootPath"/> has
    /// no meaning.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">The document root does not exist.</exception>
    /// <exception cref="FileNotFoundException">A page of <see cref="Files"/> does not exist.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, IPEndPoint.MaxPort);
        ArgumentOutOfRangeException.ThrowIfNegative(Hubs);
        ServerModels.Check(this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Backlog);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequests);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShutdownTimeout, TimeSpan.Zero);
        if (Root is not null && !Directory.Exists(Root))
            throw new DirectoryNotFoundException($"The document root '{Root}' does not exist or is not a directory.");
        Files.Check(Root);
        AccessLog?.Check();
        Forwarding.Check();
        _ = new AllowedHosts(AllowedHosts);
        if (RootPath.Length > 0)
            _ = new RootPath(RootPath);
        Limits.Validate();
        foreach (var listen in Listen)
            listen.Check(Limits);
    }

    /// <summary>All listeners, in the order of their indexes.</summary>
    internal IReadOnlyList<HttpListenOptions> AllListeners() => Listen.Count + EndPoints.Count > 0
        ? [.. Listen, .. EndPoints.Select(ToListener)]
        : [new HttpListenOptions { EndPoint = new IPEndPoint(IPAddress.IPv6Any, Port), FallsBackToIPv4 = true, Backlog = Backlog }];

    internal HttpListenOptions ToListener(EndPoint endPoint) =>
        new() { EndPoint = endPoint, Backlog = Backlog, UnixSocketMode = UnixSocketMode };
}
