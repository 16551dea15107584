using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Support;

/// <summary>
/// An accept loop on a hub and a port that the system chose. Clients are blocking sockets on the test's thread. Ending it closes them and
/// checks the hub and the process's descriptors, first while the server runs and then when it has stopped.
/// </summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly Descriptors.Snapshot _descriptors = Descriptors.Take();
    private readonly List<Socket> _clients = [];
    private Descriptors.Snapshot _running;
    private int _coroutinesAtStart;

    private SocketServer(TestHub host) => Host = host;

    internal TestHub Host { get; }

    internal SocketListener Listener { get; private set; } = null!;

    internal IPEndPoint EndPoint => (IPEndPoint)Listener.LocalEndPoint;

    /// <summary>The test leaves connections that their clients do not end.</summary>
    internal bool LeavesConnections { get; set; }

    /// <summary>Connections that were accepted and that the hub could not take.</summary>
    internal int Lost { get; private set; }

    internal Coroutine Accepting { get; private set; } = null!;

    internal static async Task<SocketServer> StartAsync(Func<Connection, Task> handle, IPEndPoint? at = null,
        SocketListener.AcceptCall? accept = null,
        Action<int>? shortage = null, Action<Socket>? configure = null, TimeProvider? clock = null, Func<IPoller>? poller = null,
            bool acceptNow = true, TransportKind transport = TransportKind.Auto,
        Func<Socket, Func<CancellationToken, ValueTask<Socket>>>? managedAccept = null)
    {
        GC.Collect(); // sockets that earlier tests dropped must not close in the middle of this one's count
        GC.WaitForPendingFinalizers();
        var server = new SocketServer(new TestHub(clock, poller, transport: transport));
        await server.Host.RunAsync(() =>
        {
            var socket = SocketListener.Bind(at ?? new IPEndPoint(IPAddress.Loopback, 0));
            configure?.Invoke(socket);
            server.Listener = SocketListener.Attach(server.Host.Hub, socket, shortage, accept ?? SocketDescriptor.Accept,
                managedAccept: managedAccept?.Invoke(socket));
            if (acceptNow)
                server.Accept(handle);
        });
        await server.Host.SettleAsync();
        server._running = Descriptors.Take();
        server._coroutinesAtStart = server.Host.Hub.CoroutineCount;
        return server;
    }

    /// <summary>Begins the accept loop; on the hub's thread.</summary>
    internal void Accept(Func<Connection, Task> handle) => Accepting = Coroutine.Spawn(async () =>
    {
        while (await Listener.AcceptAsync() is { IsOpen: true } accepted)
            accepted.Connect(Host.Hub, handle, lost: () => Lost++);
    });

    internal Socket Connect(IPAddress? address = null, int receiveBuffer = 0)
    {
        var family = address?.AddressFamily ?? AddressFamily.InterNetwork;
        var client = new Socket(family, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds,
            SendTimeout = (int)TestHub.Patience.TotalMilliseconds,
        };
        if (receiveBuffer > 0)
            client.ReceiveBufferSize = receiveBuffer;
        _clients.Add(client);
        client.Connect(new IPEndPoint(address ?? IPAddress.Loopback, EndPoint.Port));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        if (!LeavesConnections && !Host.Hub.IsDraining && !Host.Hub.HasStopped)
        {
            await Until.TrueAsync(() => Host.Hub.ConnectionCount == 0 && Host.Hub.CoroutineCount <= _coroutinesAtStart,
                "connections and coroutines gone with their clients");
            await _running.AssertNoneLeakedAsync();
        }
        await Host.DisposeAsync();
        await _descriptors.AssertNoneLeakedAsync();
    }
}
