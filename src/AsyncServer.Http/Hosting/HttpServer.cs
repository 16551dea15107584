using System.Net;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// An HTTP/1.1 server on hubs of its own, with a coroutine for each connection. Programs embed it; add routes, then run it or start and
/// stop it. What accepts the connections is a <see cref="ConnectionServer"/>.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    // How long a stop waits for a hub whose app does not give its thread back, and for a disk that does not take the last lines.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly HttpServerOptions _options;

    private HeapTrimmer? _trimmer; // made by the start, which the stop waits for

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">
    /// A value of <see cref="HttpServerOptions.Files"/> or <see cref="HttpServerOptions.Listen"/> has no meaning.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">The document root does not exist.</exception>
    /// <exception cref="FileNotFoundException">A page of <see cref="HttpServerOptions.Files"/> does not exist.</exception>
    /// <exception cref="IOException">The access log cannot be written.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="TransportKind.Epoll"/> is asked for elsewhere than on Linux.</exception>
    public HttpServer(HttpServerOptions options) : this(options, null, isOwnHandler: false)
    {
    }

    /// <summary>
    /// Makes a server whose requests all go to one handler, in the place of routes, modules and files. Limits, allowed hosts, the root path
    /// and admission are the server's as always; <c>OPTIONS *</c> comes to the handler too (<see cref="Request.IsServerWide"/>).
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
        {
            ArgumentNullException.ThrowIfNull(handler);
            if (options.Root is not null || options.Modules is not null)
                throw new ArgumentException("A server with a handler of its own serves neither Root nor Modules; leave them out.",
                    nameof(options));
        }
        options.Check();
        _options = options;
        Parts = new ServerParts(options, Routes, handler, PrepareStart);
    }

    /// <summary>The routes; add them before the server starts.</summary>
    public RouteTable Routes { get; } = new();

    /// <summary>The addresses that the server listens on, once it has started.</summary>
    public IReadOnlyList<EndPoint> EndPoints => Parts.Connections.EndPoints;

    /// <summary>The hubs that serve the connections, or in the model <see cref="ServerModel.Threads"/> the one that accepts them.</summary>
    public HubGroup Hubs => Parts.Hubs;

    /// <summary>Ends when <see cref="HttpServerOptions.MaxRequests"/> requests have come; never where there is no such number.</summary>
    public Task MaxRequestsReached => Parts.Quota?.Reached ?? Never;

    /// <summary>What it consists of.</summary>
    internal ServerParts Parts { get; }

    /// <summary>Opens the addresses and begins to serve. Further calls wait for the same.</summary>
    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model is <see cref="ServerModel.Processes"/>, and nothing takes the connections.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The server was stopped; make another one.</exception>
    public Task StartAsync() => Parts.Connections.StartAsync();

    /// <summary>Serves a further address while it runs, by the server's limits, without a line in <see cref="EndPoints"/>.</summary>
    /// <param name="endPoint">As in <see cref="HttpServerOptions.EndPoints"/>.</param>
    /// <inheritdoc cref="ListenAsync(HttpListenOptions)"/>
    public Task<IAsyncDisposable> ListenAsync(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return ListenAsync(_options.ToListener(endPoint));
    }

    /// <summary>
    /// Serves a further address while it runs, without a line in <see cref="EndPoints"/>. No other process can be asked to serve its
    /// connections.
    /// </summary>
    /// <param name="options">The address, and what holds for its connections.</param>
    /// <returns>
    /// Dispose it to give the address up before the server stops; what waits to be accepted then is for others that have the same socket.
    /// </returns>
    /// <exception cref="ListenException">The address is in use, not permitted, or not one of this machine.</exception>
    /// <exception cref="ArgumentException">A limit has no meaning for one listener.</exception>
    /// <exception cref="InvalidOperationException">The server has stopped.</exception>
    public Task<IAsyncDisposable> ListenAsync(HttpListenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check(_options.Limits);
        return Parts.Connections.ListenAsync(options);
    }

    /// <summary>Accepts on a further socket of one of its listeners while it runs, such as that of a process that has died.</summary>
    /// <param name="socket">
    /// The socket, mostly a <see cref="DescriptorEndPoint"/>. The server owns it from now on: refused, it is closed.
    /// </param>
    /// <param name="listener">
    /// The listener's index: its position in <see cref="HttpServerOptions.Listen"/> and then <see cref="HttpServerOptions.EndPoints"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such listener; the socket is served by none of the others.</exception>
    /// <inheritdoc cref="ListenAsync(HttpListenOptions)"/>
    public Task<IAsyncDisposable> ListenAsync(EndPoint socket, int listener) => Parts.Connections.ListenAsync(socket, listener);

    /// <summary>
    /// Serves one connection that another process has accepted, to its end and by its listener's limits, in the place of
    /// <see cref="StartAsync"/>; then stops, as it does when it is stopped meanwhile.
    /// </summary>
    /// <param name="connection">The connection; it is taken over: refused, it is closed.</param>
    /// <returns>How many connections were cut off: 0 or 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Its <see cref="AcceptedSocket.Listener"/> is none of this server's.</exception>
    public async Task<int> ServeAsync(AcceptedSocket connection)
    {
        Routes.Seal();
        Parts.Hubs.Start();
        Parts.Connections.Serve(connection);
        await Parts.Hubs.WhenEmptyAsync().ConfigureAwait(false);
        return await StopAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Serves one connection by the server's limits, whatever its transport, to its end. For connections that come in another way than
    /// through a listener, such as a <see cref="MemoryConnection"/> in a test. Called on the connection's hub, which is one of
    /// <see cref="Hubs"/> and runs; it ends with the server.
    /// </summary>
    public Task ServeAsync(Connection connection) => Parts.Handlers.Standard.ServeAsync(connection);

    /// <summary>
    /// Goes on in a new file of the access log's name, after the old one was renamed; no line is lost. Without an access log it does
    /// nothing.
    /// </summary>
    public void ReopenAccessLog() => Parts.AccessLog?.Reopen();

    /// <summary>
    /// Serves until SIGTERM, SIGINT or <see cref="HttpServerOptions.MaxRequests"/>, then drains; a second signal ends at once. SIGUSR1 is
    /// <see cref="ReopenAccessLog"/>.
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
    public Task<int> StopAsync(TimeSpan? grace = null, CancellationToken hurry = default) =>
        Parts.Connections.StopAsync(() => StopOnceAsync(grace ?? _options.ShutdownTimeout, hurry));

    /// <summary>
    /// Hands over to another process that listens on the same sockets: stops accepting, and lets each connection wait for one more request,
    /// whose answer carries <c>Connection: close</c>, or for its timeout; then stops as <see cref="StopAsync"/> does. That may be called
    /// meanwhile to stop sooner.
    /// </summary>
    /// <param name="hurry">Stops at once.</param>
    /// <returns>How many connections were cut off.</returns>
    public async Task<int> HandOverAsync(CancellationToken hurry = default)
    {
        Parts.Hubs.Start();
        await Parts.Hubs.HandOverAsync(Parts.Handlers.LongestIdle(_options.ShutdownTimeout), hurry).ConfigureAwait(false);
        return await StopAsync(hurry: hurry).ConfigureAwait(false);
    }

    /// <summary>Stops at once, if it was not stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        Parts.Dispose();
    }

    private void PrepareStart()
    {
        if (_options.Model == ServerModel.Processes && _options.TakeConnection is null)
            throw new InvalidOperationException("The model Processes needs HttpServerOptions.TakeConnection: what starts the processes.");
        Routes.Seal();
        if (_options.TrimMemory)
            _trimmer = new HeapTrimmer(_options.TimeProvider);
    }

    private async Task<int> StopOnceAsync(TimeSpan grace, CancellationToken hurry)
    {
        bool hasServed = EndPoints.Count > 0;
        int open = Parts.Hubs.ConnectionCount;
        long begun = _options.TimeProvider.GetTimestamp();
        if (hasServed)
            Parts.Logger.Draining(open, grace.TotalSeconds);
        Parts.Hubs.Start();
        _trimmer?.Dispose();
        int cut = await Parts.Hubs.DrainAsync(grace, hurry).ConfigureAwait(false);
        string reason = hurry.IsCancellationRequested ? "the stop was hurried" : "its time was over";
        var reports = cut > 0 ? Parts.Handlers.ReportCutsAsync(reason) : Task.CompletedTask;
        bool hangs = !await EndsAsync(reports).ConfigureAwait(false);
        hangs |= !await EndsAsync(Parts.Hubs.StopAsync()).ConfigureAwait(false);
        if (hangs)
            Parts.Logger.HubHangs();
        Parts.Handlers.Dispose();
        if (Parts.AccessLog is { } log)
            await log.CloseAsync(LastPatience).ConfigureAwait(false);
        double seconds = _options.TimeProvider.GetElapsedTime(begun).TotalSeconds;
        if (cut > 0)
            Parts.Logger.StoppedWithCuts(seconds, Math.Max(0, open - cut), cut);
        else if (hasServed)
            Parts.Logger.Stopped(seconds, open);
        return cut;
    }

    private static async Task<bool> EndsAsync(Task task)
    {
        try { await task.WaitAsync(LastPatience, CancellationToken.None).ConfigureAwait(false); }
        catch (TimeoutException) { return false; /* an app does not give a hub's thread back */ }
        return true;
    }
}
