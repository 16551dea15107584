using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// A server for any protocol over streams: it accepts, and spawns a coroutine for each connection (gevent: <c>server.StreamServer</c>). It runs on the hub that
/// starts it, or over the hubs of a group.
/// </summary>
public sealed class StreamServer : IAsyncDisposable
{
    /// <summary>How long <see cref="StopAsync"/> waits for handlers unless told otherwise (gevent: <c>stop_timeout</c>).</summary>
    public static readonly TimeSpan DefaultStopTimeout = TimeSpan.FromSeconds(1);

    // For the finally blocks of handlers that were killed.
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(1);

    private readonly EndPoint _endPoint;
    private readonly Func<Connection, CancellationToken, Task> _handle;
    private readonly Func<Connection, Task> _serve;
    private readonly Action _placeLost;
    private readonly Dictionary<Hub, CoroutineGroup> _handlers = [];
    private readonly CancellationTokenSource _stopRequested = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private SemaphoreSlim? _places;
    private Hub? _hub;
    private SocketListener? _listener;
    private Coroutine? _accepting;
    private Task? _starting;
    private Task<int>? _stopping;

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="address"><c>host:port</c>, <c>[IPv6]:port</c>, <c>:port</c> for all addresses, or <c>unix:path</c>; port 0 has the system choose.</param>
    /// <param name="handle">
    /// Serves a connection, which is closed when it ends. What it throws is reported to the hub's observer, and resets the connection. The token is cancelled when the
    /// handler is killed.
    /// </param>
    /// <exception cref="FormatException">The address has none of these forms.</exception>
    public StreamServer(string address, Func<Connection, CancellationToken, Task> handle) : this(EndPointText.Parse(address), handle)
    {
    }

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="endPoint">As in <see cref="SocketListener.Bind"/>, or a <see cref="DnsEndPoint"/>.</param>
    /// <param name="handle">Serves a connection, as in the other constructor.</param>
    public StreamServer(EndPoint endPoint, Func<Connection, CancellationToken, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(handle);
        _endPoint = endPoint;
        _handle = handle;
        _serve = ServeAsync;
        _placeLost = () => _places?.Release();
    }

    /// <summary>
    /// So many connections are served at a time; further ones wait in the backlog (gevent: the size of the pool, <c>spawn=100</c>). 0, the default, for no limit.
    /// </summary>
    public int MaxConnections { get; init; }

    /// <summary>Connections that wait to be accepted; the system may cap it.</summary>
    public int Backlog { get; init; } = SocketListener.DefaultBacklog;

    /// <summary>The hubs that serve the connections; they are started with the server. Null, the default, for the hub that starts it.</summary>
    public HubGroup? Hubs { get; init; }

    /// <summary>The address that it listens on, with the port that the system chose for port 0.</summary>
    /// <exception cref="InvalidOperationException">It has not started.</exception>
    public EndPoint LocalEndPoint => _listener?.LocalEndPoint ?? throw new InvalidOperationException("The server has not started.");

    /// <summary>The system call, so that tests can have it fail.</summary>
    internal SocketListener.AcceptCall Accept { get; init; } = SocketDescriptor.Accept;

    /// <summary>Opens the address and begins to accept. Further calls wait for the same.</summary>
    /// <exception cref="ListenException">The address is in use, not permitted, or not one of this machine. The message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="MaxConnections"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's, and there is no group.</exception>
    /// <exception cref="ObjectDisposedException">The server was stopped; make another one.</exception>
    public Task StartAsync()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping is not null, this);
            return _starting ??= StartOnceAsync();
        }
    }

    /// <summary>Starts it, if need be, and serves until it is stopped, then waits for the end (gevent: <c>serve_forever</c>).</summary>
    /// <param name="cancellation">Stops the server.</param>
    /// <exception cref="ListenException">The address is in use, not permitted, or not one of this machine.</exception>
    /// <exception cref="OperationCanceledException">The coroutine was killed; the server has stopped.</exception>
    public async Task ServeForeverAsync(CancellationToken cancellation = default)
    {
        await StartAsync();
        var killed = Coroutine.Current?.CancellationToken ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, killed);
        try { await _stopped.Task.WaitAsync(either.Token); }
        catch (OperationCanceledException) when (!killed.IsCancellationRequested) { /* it is to stop */ }
        finally { await StopAsync(); }
    }

    /// <summary>
    /// Stops accepting once the backlog is taken, waits for handlers, then kills those that are left (gevent: <c>stop</c>). Any thread may call it; further calls
    /// wait for the same end.
    /// </summary>
    /// <param name="timeout">How long handlers may take; <see cref="DefaultStopTimeout"/> when left out, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>How many handlers were killed.</returns>
    public Task<int> StopAsync(TimeSpan? timeout = null)
    {
        lock (_lock)
            return _stopping ??= StopOnceAsync(timeout ?? DefaultStopTimeout);
    }

    /// <summary>Stops at once, if it was not stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _stopRequested.Dispose();
    }

    private async Task StartOnceAsync()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConnections, nameof(MaxConnections));
        if (MaxConnections > 0)
            _places = new SemaphoreSlim(MaxConnections);
        var hub = Hubs is null ? Hub.Current : Hubs.Hubs[0];
        if (hub is null)
            throw new InvalidOperationException("StreamServer.StartAsync needs a hub on this thread (see Hub.Run), or a HubGroup in StreamServer.Hubs.");
        var socket = await BindAsync();
        Hubs?.Start();
        foreach (var serving in Hubs?.Hubs ?? [hub])
            _handlers.Add(serving, new CoroutineGroup());
        _hub = hub;
        await hub.InvokeAsync(() =>
        {
            _listener = SocketListener.Attach(hub, socket, shortage: null, Accept);
            _accepting = Coroutine.Spawn(AcceptAsync);
            _accepting.Name = $"accepting on {_listener.LocalEndPoint}";
            return Task.CompletedTask;
        });
    }

    private async Task<Socket> BindAsync()
    {
        try
        {
            var endPoint = _endPoint;
            if (endPoint is DnsEndPoint name)
                endPoint = new IPEndPoint((await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily))[0], name.Port);
            return SocketListener.Bind(endPoint, Backlog);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ListenException(_endPoint, exception);
        }
    }

    // The accept loop: accept, spawn a coroutine for the connection, next.
    private async Task AcceptAsync()
    {
        Exception? failure = null;
        bool hasPlace = false;
        while (true)
        {
            try
            {
                if (failure is not null)
                {
                    await Coroutine.Yield(); // the pause may fail as well, for the same reason: others have their turn before the next
                    await _listener!.PauseAsync(failure);
                }
                failure = null;
                if (_places is not null && !hasPlace)
                    await _places.WaitAsync(_stopRequested.Token);
                hasPlace = true;
                var client = await _listener!.AcceptAsync();
                if (!client.IsOpen)
                    return;
                hasPlace = false; // it is the connection's, whatever becomes of that
                client.Connect(Hubs?.LeastLoaded() ?? _hub!, _serve, _placeLost);
            }
            catch (Exception exception) when (!_listener!.IsClosed && !_stopRequested.IsCancellationRequested)
            {
                failure = exception; // memory, most likely. Where the loop ended, clients would wait for nobody
            }
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        var coroutine = Coroutine.Current!;
        coroutine.Subject ??= $"connection from {connection.RemoteEndPoint}";
        _handlers[connection.Hub].Add(coroutine);
        try
        {
            await _handle(connection, coroutine.CancellationToken);
            connection.Close(); // when it fails or is killed, its coroutine's end resets the connection
        }
        finally
        {
            _places?.Release();
        }
    }

    private async Task<int> StopOnceAsync(TimeSpan timeout)
    {
        if (_starting is { } starting)
            await starting.ContinueWith(static _ => { /* how it went is told to who started it */ }, TaskScheduler.Default).ConfigureAwait(false);
        int killed = 0;
        if (_listener is not null && _hub is { IsStopping: false } hub)
        {
            var since = hub.TimeProvider.GetTimestamp();
            await hub.InvokeAsync(() => StopAcceptingAsync(timeout)).ConfigureAwait(false);
            if (timeout != Timeout.InfiniteTimeSpan)
                timeout -= hub.TimeProvider.GetElapsedTime(since);
            var ends = _handlers.Where(static pair => !pair.Key.IsStopping).Select(pair => pair.Key.InvokeAsync(() => EndAsync(pair.Value, timeout)));
            killed = (await Task.WhenAll(ends).ConfigureAwait(false)).Sum();
        }
        _stopped.TrySetResult();
        return killed;
    }

    private async Task StopAcceptingAsync(TimeSpan timeout)
    {
        _stopRequested.Cancel(); // where all places are taken, who waits in the backlog waits in vain
        _listener!.Drain();
        await _accepting!.JoinAsync(timeout);
        _listener.Close();
        await _accepting.KillAsync(); // it may pause for want of descriptors
    }

    private static async Task<int> EndAsync(CoroutineGroup handlers, TimeSpan timeout)
    {
        if (await handlers.JoinAsync(timeout > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan ? timeout : TimeSpan.Zero))
            return 0;
        int left = handlers.Count;
        if (!await handlers.KillAsync(KillGrace))
        {
            foreach (var abandoned in handlers.Members)
                abandoned.AbortServed();
        }
        return left;
    }
}
