using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// What all servers over streams have in common: it opens all addresses or none, accepts on each, and gives every connection to a hub,
/// where it goes through the middleware of its listener to the protocol. <see cref="StreamServer"/> and the HTTP server are built on it;
/// both add how they stop.
/// </summary>
/// <example>
/// <code>
/// using var server = new ConnectionServer(new ConnectionServerOptions
/// {
///     Hubs = hubs,
///     Listen = [new ListenOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, 8000) }],
///     Protocol = static _ => static connection => EchoAsync(connection),
/// });
/// await server.StartAsync();
/// ...
/// await server.StopAsync(() => hubs.DrainAsync(TimeSpan.FromSeconds(30)));
/// </code>
/// </example>
public sealed class ConnectionServer : IDisposable
{
    private readonly ConnectionServerOptions _options;
    private readonly ServedListener[] _listeners; // never changes
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<bool> _isFull;

    // Under the lock, which any thread may take.
    private readonly Lock _lock = new();
    private readonly List<AcceptLoop> _loops = [];
    private Task? _starting;
    private Task<int>? _stopped;

    // Written by the start alone, which replaces them; any thread may read them.
    private volatile EndPoint[] _endPoints = [];
    private volatile HubGroup? _hubs;

    /// <summary>Makes a server that does not listen yet.</summary>
    public ConnectionServer(ConnectionServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _hubs = options.Hubs;
        Stopping = _stopping.Token;
        Permits = options.MaxConnections > 0 ? new SemaphoreSlim(options.MaxConnections) : null;
        bool isCounting = Permits is not null || Open is not null;
        Lost = isCounting ? Leave : null;
        RefusalLost = Open is null ? null : Open.Remove;
        _isFull = () => Hubs.ConnectionCount >= options.DescriptorLimit;
        _listeners = [.. options.Listen.Select((listen, index) => ServedListener.Make(this, options, listen, index))];
    }

    /// <summary>The addresses that it listens on, in the order of the listeners, once it has started. Any thread may ask.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _endPoints;

    /// <summary>Called for each accepted connection, so that tests can have the loop fail.</summary>
    internal Action? Accepted { get; set; }

    /// <summary>The hubs that serve the connections.</summary>
    internal HubGroup Hubs => _hubs ?? throw new InvalidOperationException("The server has not started.");

    /// <summary>Is cancelled by <see cref="StopAcceptingAsync"/>.</summary>
    internal CancellationToken Stopping { get; }

    internal SemaphoreSlim? Permits { get; }

    internal OpenConnections? Open => _options.Open;

    internal Func<AcceptedSocket, Task>? TakeConnection => _options.TakeConnection;

    // Made once: an accept that has got so far needs no memory for them.
    internal Action? Lost { get; }

    internal Action? RefusalLost { get; }

    /// <summary>Opens all addresses, or none, and begins to accept. Further calls wait for the same. Any thread may call it.</summary>
    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine. The message names it.</exception>
    /// <exception cref="InvalidOperationException">
    /// This thread is not a hub's, and there is no <see cref="ConnectionServerOptions.Hubs"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The server was stopped; make another one.</exception>
    public Task StartAsync()
    {
        lock (_lock)
        {
            return _stopped is null
                ? _starting ??= StartOnceAsync()
                : throw new ObjectDisposedException(null, "The server was stopped; make another one.");
        }
    }

    /// <summary>
    /// Runs the server's way to stop, once, when its start has ended, however that went. Further calls wait for the same end, and no
    /// start is possible any more. Any thread may call it.
    /// </summary>
    /// <param name="stop">Ends the listeners, for instance by draining the hubs, and returns how many connections were cut off.</param>
    public Task<int> StopAsync(Func<Task<int>> stop)
    {
        ArgumentNullException.ThrowIfNull(stop);
        lock (_lock)
            return _stopped ??= StopOnceAsync(stop);
    }

    /// <summary>
    /// Serves a further address while it runs, without a place among the listeners or in <see cref="EndPoints"/>. Any thread may call it.
    /// </summary>
    /// <param name="options">The address, and how it is set up.</param>
    /// <returns>
    /// Dispose it to give the address up before the server stops; what waits to be accepted then is for others that have the same socket.
    /// </returns>
    /// <exception cref="ListenException">The address is in use, not permitted, or not one of this machine.</exception>
    /// <exception cref="InvalidOperationException">The server has stopped, or was never started.</exception>
    public Task<IAsyncDisposable> ListenAsync(ListenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ListenAsync(ServedListener.Make(this, _options, options, AcceptedSocket.UnknownListener), options.EndPoint);
    }

    /// <summary>
    /// Accepts on a further socket of one of the listeners, such as that of a process that has died. Any thread may call it.
    /// </summary>
    /// <param name="socket">
    /// The socket, mostly a <see cref="DescriptorEndPoint"/>. The server owns it from now on: refused, it is closed.
    /// </param>
    /// <param name="listener">The index of the listener whose options hold for it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such listener; the socket is served by none of the others.</exception>
    /// <inheritdoc cref="ListenAsync(ListenOptions)"/>
    public Task<IAsyncDisposable> ListenAsync(EndPoint socket, int listener)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (!IsListener(listener))
        {
            ListenSocket.Close(socket);
            throw NoSuchListener(nameof(listener), listener);
        }
        return ListenAsync(_listeners[listener], socket);
    }

    /// <summary>
    /// Gives a connection that another process has accepted to a hub, where it goes through the middleware and the protocol of its
    /// listener. It needs no start. Any thread may call it.
    /// </summary>
    /// <param name="connection">The connection; it is taken over: refused, it is closed.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Its <see cref="AcceptedSocket.Listener"/> is none of this server's listeners, so nobody knows how it is to be served.
    /// </exception>
    public void Serve(AcceptedSocket connection)
    {
        if (!IsListener(connection.Listener))
        {
            connection.Close();
            throw NoSuchListener(nameof(connection), connection.Listener);
        }
        Hubs.Connect(connection, _listeners[connection.Listener].Serve);
    }

    /// <summary>Gives back what waits for permits. To be called once the server has stopped.</summary>
    public void Dispose()
    {
        Permits?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>
    /// Stops accepting on all addresses once their backlogs are taken; a connection that no permit is left for is closed.
    /// </summary>
    /// <param name="timeout">How long that may take, by the clocks of the hubs.</param>
    internal Task StopAcceptingAsync(TimeSpan timeout)
    {
        _stopping.Cancel(); // where all permits are taken, clients wait in vain
        AcceptLoop[] loops;
        lock (_lock)
            loops = [.. _loops];
        return Task.WhenAll(loops.Where(static loop => !loop.Hub.IsStopping)
            .Select(loop => loop.Hub.InvokeAsync(() => loop.StopAsync(timeout))));
    }

    /// <summary>Called when an address was given up before the server stops.</summary>
    internal void Forget(AcceptLoop loop)
    {
        lock (_lock)
            _loops.Remove(loop);
    }

    private async Task StartOnceAsync()
    {
        _options.Starting?.Invoke();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.MaxConnections, nameof(ConnectionServerOptions.MaxConnections));
        _hubs ??= new HubGroup(Hub.Current
            ?? throw new InvalidOperationException("A server starts on a hub (see Hub.Run), unless it was given a HubGroup."));
        var sockets = await ListenSocket.OpenAllAsync(_listeners.Select(static listener => listener.Options)).ConfigureAwait(false);
        Hubs.Start();
        int listening = 0;
        try
        {
            for (; listening < sockets.Count; listening++)
            {
                var socket = sockets[listening];
                var endPoint = socket.LocalEndPoint!;
                _endPoints = [.. _endPoints, endPoint];
                await AttachAsync(Hubs.Hubs[listening % Hubs.Hubs.Count], _listeners[listening], socket).ConfigureAwait(false);
                _options.Listening?.Invoke(endPoint);
            }
        }
        catch
        {
            foreach (var socket in sockets.Skip(listening + 1))
                socket.Dispose(); // what failed, and what listens, is closed by who took it
            throw;
        }
    }

    private async Task<IAsyncDisposable> ListenAsync(ServedListener listener, EndPoint endPoint)
    {
        var hub = Hubs.LeastLoaded();
        var socket = await listener.Options.BindAsync(endPoint).ConfigureAwait(false);
        return new ServedAddress(await AttachAsync(hub, listener, socket).ConfigureAwait(false));
    }

    private Task<AcceptLoop> AttachAsync(Hub hub, ServedListener listener, Socket socket) => hub.InvokeAsync(() =>
    {
        var loop = new AcceptLoop(this, listener, SocketListener.Attach(hub, socket, Hubs.EndIdle, _options.Accept, _isFull), hub);
        lock (_lock)
            _loops.Add(loop);
        loop.Start();
        return Task.FromResult(loop);
    });

    private void Leave()
    {
        Permits?.Release();
        Open?.Remove();
    }

    private async Task<int> StopOnceAsync(Func<Task<int>> stop)
    {
        if (_starting is { } starting)
            await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // how it went is told to who started it
        return await stop().ConfigureAwait(false);
    }

    private bool IsListener(int index) => index >= 0 && index < _listeners.Length;

    private ArgumentOutOfRangeException NoSuchListener(string name, int index) =>
        new(name, index, $"A socket came for listener {index}, and this server has {_listeners.Length} of them, counted from 0. "
            + "It is not served by the options of another one.");
}
