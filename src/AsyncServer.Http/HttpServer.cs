using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>
/// An HTTP/1.1 server on hubs of its own: an accept loop that spawns a coroutine for each connection. Programs embed it; add
/// routes, then run it or start and stop it.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    // How long a stop waits for a hub whose app does not give its thread back, and for a disk that does not take the last lines.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private static readonly Task Never = new TaskCompletionSource().Task;
    // Threads of connections that end give back what the next one needs.
    private static readonly TimeSpan ThreadShortagePause = TimeSpan.FromSeconds(1);
    private const int EndedForThreads = 32;

    private readonly HttpServerOptions _options;
    private readonly HttpService _service;
    private readonly ILogger _logger;
    private readonly AccessLog? _accessLog;
    private readonly HubGroup _hubs;
    private readonly StaticFiles? _files;
    private readonly SemaphoreSlim? _places;
    private readonly RequestQuota? _quota;
    private readonly RefusedConnections _refused;
    private readonly ConcurrentDictionary<Hub, HubContext> _contexts = new();
    private readonly List<EndPoint> _endPoints = [];
    private readonly int _descriptorLimit;
    private readonly Lock _lock = new();
    // Made once: an accept that has got so far needs no memory for them.
    private readonly Func<Connection, Task> _serve;
    private readonly Func<Connection, Task> _serveInPlace;
    private readonly Func<Connection, Task> _refuse;
    private readonly Action _placeLost;
    private HeapTrimmer? _trimmer;
    private Task? _starting;
    private Task<int>? _stopping;

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">A value of <see cref="HttpServerOptions.Files"/> has no meaning.</exception>
    /// <exception cref="DirectoryNotFoundException">The document root does not exist.</exception>
    /// <exception cref="FileNotFoundException">A page of <see cref="HttpServerOptions.Files"/> does not exist.</exception>
    /// <exception cref="IOException">The access log cannot be written.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="TransportKind.Epoll"/> is asked for elsewhere than on Linux.</exception>
    public HttpServer(HttpServerOptions options) : this(options, null, isOwnHandler: false)
    {
    }

    /// <summary>
    /// Makes a server whose requests all go to one handler, in the place of routes, modules and files. Limits, allowed hosts, the root path and admission are the server's
    /// as always; <c>OPTIONS *</c> comes to the handler too (<see cref="Request.IsServerWide"/>).
    /// </summary>
    /// <param name="options">Without a root and modules, which the handler takes the place of.</param>
    /// <param name="handler">Answers the requests.</param>
    /// <inheritdoc cref="HttpServer(HttpServerOptions)"/>
    /// <example>
    /// <code>
    /// await using var server = new HttpServer(new HttpServerOptions { Port = 8888 }, (request, response, cancellation) =&gt;
    ///     response.SendAsync(Response.Text($"hello {request.Path}")));
    /// await server.RunAsync();
    /// </code>
    /// </example>
    public HttpServer(HttpServerOptions options, RequestHandler handler) : this(options, handler, isOwnHandler: true) =>
        Routes.Seal("The server has a handler of its own, so it has no routes.");

    private HttpServer(HttpServerOptions options, RequestHandler? handler, bool isOwnHandler)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (isOwnHandler)
            ArgumentNullException.ThrowIfNull(handler);
        if (isOwnHandler && (options.Root is not null || options.Modules is not null))
            throw new ArgumentException("A server with a handler of its own serves neither Root nor Modules; leave them out, or serve them in the handler.", nameof(options));
        options.Check();
        _options = options;
        (_serve, _serveInPlace, _refuse, _placeLost) = (ServeAsync, ServeInPlaceAsync, RefuseAsync, () => _places!.Release());
        _logger = options.LoggerFactory.CreateLogger("AsyncServer");
        Routes.Logger = _logger;
        _files = options.Root is null ? null : new StaticFiles(options.Root, options.Files);
        _accessLog = options.AccessLog is null ? null : AccessLog.Open(options.AccessLog, options.TimeProvider, _logger);
        var overload = new Overload(_logger, options.TimeProvider);
        RefusalHandler refuse = _files is null ? static (_, response, plain) => response.SendAsync(plain) : _files.Errors.SendAsync;
        handler ??= new Dispatcher(Routes, _files, options.Modules, refuse).HandleAsync;
        var memory = options.RefuseWhenMemoryIsShort ? new MemoryGuard(options.TimeProvider, _logger) : null;
        var chain = new HandlerChain(options, handler, refuse, overload, memory);
        _quota = chain.Quota;
        _service = new HttpService(options.Limits, chain.First, refuse, options.FailureHandler, options.SendServerHeader, options.TimeProvider, _logger)
        {
            AccessLog = _accessLog,
            Observers = options.Observers,
            Forwarding = options.Forwarding.TrustsSomebody ? new Forwarding(options.Forwarding) : null,
        };
        _hubs = ServerModels.MakeHubs(options, _logger, memory is null ? null : memory.Look);
        _descriptorLimit = DescriptorLimit.ForConnections(_hubs.Hubs[0].DescriptorCap);
        int most = ServerModels.MaxConnections(options);
        if (most > 0)
            _places = new SemaphoreSlim(most);
        _refused = new RefusedConnections(overload, RefusedConnections.HowManyMayWait(_descriptorLimit, most, options.Model == ServerModel.Threads));
    }

    /// <summary>The routes; add them before the server starts.</summary>
    public RouteTable Routes { get; } = new();

    /// <summary>The addresses that the server listens on, once it has started.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _endPoints;

    /// <summary>The hubs that serve the connections, or in the model <see cref="ServerModel.Threads"/> the one that accepts them.</summary>
    public HubGroup Hubs => _hubs;

    /// <summary>Ends when <see cref="HttpServerOptions.MaxRequests"/> requests have come; never where there is no such number.</summary>
    public Task MaxRequestsReached => _quota?.Reached ?? Never;

    internal StaticFiles? Files => _files;

    /// <summary>Called for each accepted connection, so that tests can have the loop fail.</summary>
    internal Action? Accepted { get; set; }

    /// <summary>How many exchanges the hubs keep for later.</summary>
    internal int KeptExchanges => _contexts.Values.Sum(static context => context.KeptExchanges);

    /// <summary>How many things are kept for single hubs.</summary>
    internal int KeptForHubs => _contexts.Count + (_files?.CacheCount ?? 0);

    /// <summary>Opens the addresses and begins to serve. Further calls wait for the same.</summary>
    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine.</exception>
    /// <exception cref="InvalidOperationException">The model is <see cref="ServerModel.Processes"/>, and nothing takes the connections.</exception>
    /// <exception cref="ObjectDisposedException">The server was stopped; make another one.</exception>
    public Task StartAsync()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping is not null, this);
            return _starting ??= StartOnceAsync();
        }
    }

    private async Task StartOnceAsync()
    {
        if (_options.Model == ServerModel.Processes && _options.TakeConnection is null)
            throw new InvalidOperationException("The model Processes needs HttpServerOptions.TakeConnection: what starts the processes.");
        Routes.Seal();
        var sockets = Listening.Open(_options);
        _hubs.Start();
        if (_options.TrimMemory)
            _trimmer = new HeapTrimmer(_options.TimeProvider);
        int listening = 0;
        try
        {
            for (; listening < sockets.Count; listening++)
            {
                var socket = sockets[listening];
                var hub = _hubs.Hubs[listening % _hubs.Hubs.Count];
                _endPoints.Add(socket.LocalEndPoint!);
                await ListenAsync(hub, socket).ConfigureAwait(false);
                _logger.Listening(socket.LocalEndPoint!);
            }
        }
        catch
        {
            foreach (var socket in sockets.Skip(listening + 1))
                socket.Dispose(); // what failed, and what listens, is closed by who took it
            throw;
        }
    }

    /// <summary>Serves a further address while it runs, without a line in <see cref="EndPoints"/>.</summary>
    /// <param name="endPoint">As in <see cref="HttpServerOptions.EndPoints"/>.</param>
    /// <returns>Dispose it to give the address up before the server stops; what waits to be accepted then is for others that have the same socket.</returns>
    /// <exception cref="ListenException">The address is in use, not permitted, or not one of this machine.</exception>
    /// <exception cref="InvalidOperationException">The server has stopped.</exception>
    public async Task<IAsyncDisposable> ListenAsync(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var hub = _hubs.LeastLoaded();
        return new ServedAddress(hub, await ListenAsync(hub, Listening.Open(endPoint, _options)).ConfigureAwait(false));
    }

    /// <summary>Serves one connection that another process has accepted, to its end, in the place of <see cref="StartAsync"/>; then stops, as it does when it is stopped meanwhile.</summary>
    /// <returns>How many connections were cut off: 0 or 1.</returns>
    public async Task<int> ServeAsync(AcceptedSocket connection)
    {
        Routes.Seal();
        _hubs.Start();
        connection.Connect(_hubs.LeastLoaded(), ServeAsync);
        await _hubs.WhenEmptyAsync().ConfigureAwait(false);
        return await StopAsync().ConfigureAwait(false);
    }

    /// <summary>Goes on in a new file of the access log's name, after the old one was renamed; no line is lost. Without an access log it does nothing.</summary>
    public void ReopenAccessLog() => _accessLog?.Reopen();

    /// <summary>
    /// Serves until SIGTERM, SIGINT or <see cref="HttpServerOptions.MaxRequests"/>, then drains; a second signal ends at once. SIGUSR1 is <see cref="ReopenAccessLog"/>.
    /// </summary>
    /// <param name="started">Called when the server listens and signals are awaited.</param>
    /// <param name="stopping">Called when the first signal has come, before the server drains.</param>
    /// <returns>How many connections were cut off.</returns>
    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine.</exception>
    public async Task<int> RunAsync(Action? started = null, Action? stopping = null)
    {
        using var signals = new ProcessSignals { IsServing = true, ReopenRequested = ReopenAccessLog };
        await StartAsync().ConfigureAwait(false);
        started?.Invoke();
        await Task.WhenAny(signals.First, MaxRequestsReached).ConfigureAwait(false);
        stopping?.Invoke();
        return await StopAsync(_options.ShutdownTimeout, signals.Second).ConfigureAwait(false);
    }

    /// <summary>
    /// Stops accepting, lets requests in flight finish with <c>Connection: close</c>, closes idle connections at once, and
    /// resets what is left after the grace. Further calls wait for the same end.
    /// </summary>
    /// <param name="grace">Default: <see cref="HttpServerOptions.ShutdownTimeout"/>.</param>
    /// <param name="hurry">Ends the grace early.</param>
    /// <returns>How many connections were cut off.</returns>
    public Task<int> StopAsync(TimeSpan? grace = null, CancellationToken hurry = default)
    {
        lock (_lock)
            return _stopping ??= StopOnceAsync(grace ?? _options.ShutdownTimeout, hurry);
    }

    /// <summary>
    /// Hands over to another process that listens on the same sockets: stops accepting, and lets each connection wait for one more request, whose answer carries
    /// <c>Connection: close</c>, or for its timeout; then stops as <see cref="StopAsync"/> does. That may be called meanwhile to stop sooner.
    /// </summary>
    /// <param name="hurry">Stops at once.</param>
    /// <returns>How many connections were cut off.</returns>
    public async Task<int> HandOverAsync(CancellationToken hurry = default)
    {
        var idle = _options.Limits.EffectiveKeepAlive;
        _hubs.Start();
        // Where idle connections may wait for ever, they get as long as requests do.
        await _hubs.HandOverAsync(idle > TimeSpan.Zero ? idle : _options.ShutdownTimeout, hurry).ConfigureAwait(false);
        return await StopAsync(hurry: hurry).ConfigureAwait(false);
    }

    /// <summary>Stops at once, if it was not stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _places?.Dispose();
        _files?.Dispose();
    }

    private Task<SocketListener> ListenAsync(Hub hub, Socket socket) => hub.InvokeAsync(() =>
    {
        var listener = SocketListener.Attach(hub, socket, Shorten, () => _hubs.ConnectionCount >= _descriptorLimit);
        _ = Coroutine.Spawn(() => AcceptAsync(listener));
        return Task.FromResult(listener);
    });

    // The accept loop: accept, spawn a coroutine for the connection, next.
    private async Task AcceptAsync(SocketListener listener)
    {
        Exception? failure = null;
        while (true)
        {
            try
            {
                if (failure is not null)
                {
                    await Coroutine.Yield(); // the pause may fail as well, for the same reason: others have their turn before the next
                    await listener.PauseAsync(failure);
                }
                failure = null;
                var client = await listener.AcceptAsync();
                if (!client.IsOpen)
                    return;
                if (!await TryTakeAsync(client))
                    await PauseForThreadsAsync(listener);
            }
            catch (Exception exception) when (!listener.IsClosed)
            {
                failure = exception; // memory, most likely. Where the loop ended, clients would wait for nobody
            }
        }
    }

    // False when the system has no thread for it.
    private async ValueTask<bool> TryTakeAsync(AcceptedSocket client)
    {
        bool hasPlace = false;
        try
        {
            Accepted?.Invoke();
            // Not before the accept: a place held for who may never come is lost to the other addresses, and holds up a stop.
            hasPlace = _places is null || await TryTakePlaceAsync(_places);
            if (hasPlace && _options.TakeConnection is { } take)
            {
                _ = Coroutine.Spawn(() => PassAsync(client, take));
                return true;
            }
        }
        catch
        {
            client.Close();
            if (hasPlace)
                _places?.Release();
            throw;
        }
        return _places is null ? _hubs.Connect(client, _serve)
            : hasPlace ? _hubs.Connect(client, _serveInPlace, _placeLost)
            : _hubs.Connect(client, _refuse);
    }

    private async Task PauseForThreadsAsync(SocketListener listener)
    {
        _logger.AcceptPaused(listener.LocalEndPoint, ThreadShortagePause, "the system has no further thread; the connection was closed");
        Shorten(EndedForThreads);
        await Coroutine.Sleep(ThreadShortagePause);
    }

    private async ValueTask<bool> TryTakePlaceAsync(SemaphoreSlim places)
    {
        if (_options.Limits.Overload == OverloadMode.Refuse && _options.Model != ServerModel.Sequential)
            return places.Wait(0);
        await places.WaitAsync();
        return true;
    }

    /// <summary>
    /// Serves one connection, whatever its transport, to its end: what accepting does with each. For connections that come in another way, such as a
    /// <see cref="MemoryConnection"/> in a test. Called on the connection's hub, which is one of <see cref="Hubs"/> and runs; it ends with the server.
    /// </summary>
    public Task ServeAsync(Connection connection) => connection.Hub.IsOfOneConnection
        ? ServeAloneAsync(connection.Hub, new Http1Connection(connection, ContextOf(connection.Hub)).RunAsync())
        : new Http1Connection(connection, ContextOf(connection.Hub)).RunAsync();

    private Task RefuseAsync(Connection connection) => connection.Hub.IsOfOneConnection
        ? ServeAloneAsync(connection.Hub, _refused.ServeAsync(connection, ContextOf(connection.Hub)))
        : _refused.ServeAsync(connection, ContextOf(connection.Hub));

    // What is kept for its hub goes with the connection.
    private async Task ServeAloneAsync(Hub hub, Task serving)
    {
        try
        {
            await serving;
        }
        finally
        {
            if (_contexts.TryRemove(hub, out var context))
                context.Dispose();
            _files?.Forget(hub);
        }
    }

    private async Task PassAsync(AcceptedSocket client, Func<AcceptedSocket, Task> take)
    {
        try { await take(client); }
        finally { _places?.Release(); }
    }

    private async Task ServeInPlaceAsync(Connection connection)
    {
        try { await ServeAsync(connection); }
        finally { _places!.Release(); }
    }

    private HubContext ContextOf(Hub hub) => _contexts.GetOrAdd(hub, static (hub, service) => new HubContext(hub, service), _service);

    private void Shorten(int count) => _hubs.EndIdle(count);

    private async Task<int> StopOnceAsync(TimeSpan grace, CancellationToken hurry)
    {
        if (_starting is { } starting)
            await starting.ContinueWith(static _ => { /* how it went is told to who started it */ }, TaskScheduler.Default).ConfigureAwait(false);
        bool hasServed = _endPoints.Count > 0;
        int open = _hubs.ConnectionCount;
        long begun = _options.TimeProvider.GetTimestamp();
        if (hasServed)
            _logger.Draining(open, grace.TotalSeconds);
        _hubs.Start();
        _trimmer?.Dispose();
        int cut = await _hubs.DrainAsync(grace, hurry).ConfigureAwait(false);
        string reason = hurry.IsCancellationRequested ? "the stop was hurried" : "its time was over";
        var reports = cut > 0 ? Task.WhenAll(_contexts.Select(pair => ReportCuts(pair.Key, pair.Value, reason))) : Task.CompletedTask;
        bool hangs = !await EndsAsync(reports).ConfigureAwait(false);
        hangs |= !await EndsAsync(_hubs.StopAsync()).ConfigureAwait(false);
        if (hangs)
            _logger.HubHangs();
        foreach (var context in _contexts.Values)
            context.Dispose();
        if (_accessLog is not null)
            await _accessLog.CloseAsync(LastPatience).ConfigureAwait(false);
        double seconds = _options.TimeProvider.GetElapsedTime(begun).TotalSeconds;
        if (cut > 0)
            _logger.StoppedWithCuts(seconds, Math.Max(0, open - cut), cut);
        else if (hasServed)
            _logger.Stopped(seconds, open);
        return cut;
    }

    private static async Task<bool> EndsAsync(Task task)
    {
        try
        {
            await task.WaitAsync(LastPatience, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false; // an app does not give a hub's thread back
        }
    }

    private static Task ReportCuts(Hub hub, HubContext context, string reason) => hub.InvokeAsync(() =>
    {
        foreach (var connection in context.Waiting)
            connection.ReportCut(reason);
        return Task.CompletedTask;
    });
}
