using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// A server for any protocol over streams: it accepts, and spawns a coroutine for each connection (gevent: <c>server.StreamServer</c>). It
/// runs on the hub that starts it, or over the hubs of a group.
/// </summary>
/// <example>
/// <code>
/// await using var server = new StreamServer("127.0.0.1:7000", async (connection, cancellation) =>
/// {
///     byte[] buffer = new byte[4096];
///     while (await connection.ReceiveAsync(buffer, cancellation) is > 0 and var count)
///         await connection.SendAsync(buffer.AsMemory(0, count), cancellation);
/// })
/// { MaxConnections = 1000, Refusal = static connection => connection.SendAsync("full\n"u8.ToArray()).AsTask() };
/// await server.ServeForeverAsync();
/// </code>
/// </example>
public sealed class StreamServer : IAsyncDisposable
{
    /// <summary>How long <see cref="StopAsync"/> waits for handlers unless told otherwise (gevent: <c>stop_timeout</c>).</summary>
    public static readonly TimeSpan DefaultStopTimeout = TimeSpan.FromSeconds(1);

    // A refusal takes a coroutine and a descriptor. A flood must not take any number of them.
    private const int MostRefusals = 256;

    private readonly EndPoint _endPoint;
    private readonly Func<Connection, CancellationToken, Task> _handle;
    private readonly OpenConnections _open = new();
    private readonly StreamHandlers _handlers = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<ConnectionServer> _connections; // made when the properties are set
    private int _refusals; // counted by every hub

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="address">
    /// <c>host:port</c>, <c>[IPv6]:port</c>, <c>:port</c> for all addresses, or <c>unix:path</c>; port 0 has the system choose.
    /// </param>
    /// <param name="handle">
    /// Serves a connection, which is closed when it ends. What it throws is reported to the hub's observer, and resets the connection. The
    /// token is cancelled when the handler is killed.
    /// </param>
    /// <exception cref="FormatException">The address has none of these forms.</exception>
    public StreamServer(string address, Func<Connection, CancellationToken, Task> handle) : this(EndPointText.Parse(address), handle)
    {
    }

    /// <summary>Makes a server on a socket that the program has bound itself.</summary>
    /// <param name="socket">As in <see cref="BoundSocketEndPoint"/>: the server owns it once it starts.</param>
    /// <param name="handle">Serves a connection, as in the other constructor.</param>
    /// <exception cref="ArgumentException">The socket is not bound, or no stream socket.</exception>
    public StreamServer(Socket socket, Func<Connection, CancellationToken, Task> handle) : this(new BoundSocketEndPoint(socket), handle)
    {
    }

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="endPoint">
    /// As in <see cref="ListenOptions.EndPoint"/>; what systemd has opened comes from <see cref="ActivatedSockets.Take"/>.
    /// </param>
    /// <param name="handle">Serves a connection, as in the other constructor.</param>
    public StreamServer(EndPoint endPoint, Func<Connection, CancellationToken, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(handle);
        _endPoint = endPoint;
        _handle = handle;
        _connections = new Lazy<ConnectionServer>(MakeConnections);
    }

    /// <summary>
    /// How many connections are served at a time; <see cref="Refusal"/> tells what happens to further ones (gevent: the size of the pool,
    /// <c>spawn=100</c>). 0, the default, for no limit.
    /// </summary>
    public int MaxConnections { get; init; }

    /// <summary>
    /// Tells a connection beyond <see cref="MaxConnections"/> that there are too many, in the handler's place; the connection is closed
    /// when it ends. At most 256 are told so at a time, and further ones are closed without a word; so are all by <c>static _ =>
    /// Task.CompletedTask</c>. A stop kills it as it kills handlers. Null, the default: they wait until others end, one of them accepted
    /// and the rest in the backlog.
    /// </summary>
    public Func<Connection, Task>? Refusal { get; init; }

    /// <summary>How many connections may wait to be accepted, zero or more; the system may cap it. Default: 4,096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Backlog
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = SocketListener.DefaultBacklog;

    /// <summary>
    /// Whether others may listen on the same port: see <see cref="ListenOptions.ReusePort"/> for what that costs. Linux only. Default:
    /// no.
    /// </summary>
    public bool ReusePort { get; init; }

    /// <summary>Whether TCP sends small pieces at once instead of collecting them (TCP_NODELAY). Default: yes.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>How the system probes silent TCP connections; null, the default, leaves that to the system's defaults.</summary>
    public TcpKeepAlive? KeepAlive { get; init; }

    /// <summary>
    /// The hubs that serve the connections; they are started with the server. Where the group has a thread for each connection, handlers
    /// may block. Null, the default, for the hub that starts it.
    /// </summary>
    public HubGroup? Hubs { get; init; }

    /// <summary>The address that it listens on, with the port that the system chose for port 0.</summary>
    /// <exception cref="InvalidOperationException">It has not started.</exception>
    public EndPoint LocalEndPoint =>
        _connections.Value.EndPoints is [var endPoint, ..] ? endPoint : throw new InvalidOperationException("The server has not started.");

    /// <summary>The system call, so that tests can have it fail.</summary>
    internal SocketListener.AcceptCall Accept { get; init; } = SocketDescriptor.Accept;

    /// <summary>Opens the address and begins to accept. Further calls wait for the same.</summary>
    /// <exception cref="ListenException">
    /// The address is in use, not permitted, or not one of this machine. The message names it.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="MaxConnections"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's, and there is no group.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="ReusePort"/> is asked for elsewhere than on Linux.</exception>
    /// <exception cref="ObjectDisposedException">The server was stopped; make another one.</exception>
    public Task StartAsync() => _connections.Value.StartAsync();

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
    /// Stops accepting once the backlog is taken, waits for handlers, then kills those that are left (gevent: <c>stop</c>). Any thread may
    /// call it; further calls wait for the same end. A handler that blocks a thread of its own cannot be killed: it is counted, and left to
    /// the group.
    /// </summary>
    /// <param name="timeout">
    /// How long handlers may take; <see cref="DefaultStopTimeout"/> when left out, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <returns>How many handlers were killed.</returns>
    public Task<int> StopAsync(TimeSpan? timeout = null) =>
        _connections.Value.StopAsync(() => StopOnceAsync(timeout ?? DefaultStopTimeout));

    /// <summary>Stops at once, if it was not stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _connections.Value.Dispose();
    }

    private ConnectionServer MakeConnections() => new(new ConnectionServerOptions
    {
        Listen =
        [
            new ListenOptions { EndPoint = _endPoint, Backlog = Backlog, ReusePort = ReusePort, NoDelay = NoDelay, KeepAlive = KeepAlive },
        ],
        Protocol = _ => ServeAsync,
        Refusal = Refusal is null ? null : _ => RefuseAsync,
        Hubs = Hubs,
        MaxConnections = MaxConnections,
        DescriptorLimit = DescriptorLimit.ForConnections(Hubs?.Hubs[0].DescriptorCap ?? Hub.Current?.DescriptorCap ?? int.MaxValue),
        Accept = Accept,
        Open = _open,
    });

    private async Task ServeAsync(Connection connection)
    {
        var coroutine = Coroutine.Current!;
        coroutine.Subject ??= $"connection from {connection.RemoteEndPoint}";
        try
        {
            if (!_handlers.TryAdd(coroutine))
            {
                connection.Abort();
                return;
            }
            await _handle(connection, coroutine.CancellationToken);
            connection.Close(); // when it fails or is killed, its coroutine's end resets the connection
        }
        finally
        {
            _handlers.Leave(connection.Hub);
        }
    }

    private async Task RefuseAsync(Connection connection)
    {
        try
        {
            if (Interlocked.Increment(ref _refusals) <= MostRefusals && _handlers.TryAdd(Coroutine.Current!))
                await Refusal!(connection);
            connection.Close();
        }
        finally
        {
            Interlocked.Decrement(ref _refusals);
            _handlers.Leave(connection.Hub);
        }
    }

    private async Task<int> StopOnceAsync(TimeSpan timeout)
    {
        int killed = 0;
        if (_connections.Value is { EndPoints.Count: > 0, Hubs.Hubs: [{ IsStopping: false } hub, ..] })
            killed = await hub.InvokeAsync(() => StopOnHubAsync(timeout)).ConfigureAwait(false);
        _stopped.TrySetResult();
        return killed;
    }

    private async Task<int> StopOnHubAsync(TimeSpan timeout)
    {
        var time = Hub.Current!.TimeProvider;
        long since = time.GetTimestamp();
        await _connections.Value.StopAcceptingAsync(timeout);
        if (timeout != Timeout.InfiniteTimeSpan)
            timeout = TimeSpan.FromTicks(Math.Max(0, (timeout - time.GetElapsedTime(since)).Ticks));
        if (await _open.WaitForNoneAsync(timeout))
            return 0;
        int left = _open.Count;
        await _handlers.KillAsync();
        return left;
    }
}
