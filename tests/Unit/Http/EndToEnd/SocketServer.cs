using System.Net;
using System.Net.Sockets;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>
/// A server on real sockets. Ending it checks, first while it runs and then when it has stopped, that clients which are gone have left no
/// connection and no coroutine.
/// </summary>
internal sealed class SocketServer : IAsyncDisposable
{
    // Only a broken test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _patience = new(Patience);

    private int _coroutinesAtStart;

    private SocketServer(HttpServer server, LogRecorder log)
    {
        Server = server;
        Log = log;
    }

    internal HttpServer Server { get; }

    internal LogRecorder Log { get; }

    internal CancellationToken Cancellation => _patience.Token;

    internal IPEndPoint EndPoint => (IPEndPoint)Server.EndPoints[0];

    internal Uri Url(string path) => new($"http://{EndPoint}{path}");

    internal static async Task<SocketServer> StartAsync(Action<RouteTable>? map = null, int hubs = 2, IPAddress? address = null,
        HttpLimits? limits = null,
        TransportKind transport = TransportKind.Auto, TimeProvider? clock = null)
    {
        var log = new LogRecorder();
        var server = new HttpServer(new HttpServerOptions
        {
            EndPoints = [new IPEndPoint(address ?? IPAddress.Loopback, 0)],
            Hubs = hubs,
            Transport = transport,
            TimeProvider = clock ?? TimeProvider.System,
            LoggerFactory = log,
            Limits = limits ?? new HttpLimits(),
        });
        server.Routes.Map("/hello", (_, _) => Response.Text("hello"));
        map?.Invoke(server.Routes);
        await server.StartAsync();
        var started = new SocketServer(server, log);
        foreach (var hub in server.Hubs.Hubs)
            await hub.SettleAsync();
        started._coroutinesAtStart = started.CountCoroutines();
        return started;
    }

    internal async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, Cancellation);
        return socket;
    }

    internal async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text), Cancellation);

    /// <summary>Receives until the text ends with <paramref name="end"/>.</summary>
    internal async Task<string> ReceiveUntilAsync(Socket socket, string end)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(piece, Cancellation);
            Assert.True(count > 0, $"the server ended after: {text}");
            text.Append(Encoding.Latin1.GetString(piece, 0, count));
        }
        return text.ToString();
    }

    /// <summary>Waits until so many connections are left.</summary>
    internal async Task WaitForConnectionsAsync(int count)
    {
        while (Server.Hubs.ConnectionCount != count)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Server.Hubs.Hubs.All(static hub => !hub.IsDraining))
            await Until.TrueAsync(() => Server.Hubs.ConnectionCount == 0 && CountCoroutines() <= _coroutinesAtStart,
                "connections and coroutines back at the start");
        await Server.DisposeAsync();
        _patience.Dispose();
        Assert.Equal(0, Server.Hubs.ConnectionCount);
        Assert.All(Server.Hubs.Hubs, hub => Assert.Equal(0, hub.CoroutineCount));
    }

    private int CountCoroutines() => Server.Hubs.Hubs.Sum(static hub => hub.CoroutineCount);
}
