using System.Collections.Concurrent;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Support;

/// <summary>
/// A server without sockets and with a clock that stands still: tests push bytes into memory connections and read bytes back.
/// Ending it resets the clients and checks, first while it runs and then when it has stopped, that nothing is left: no connection, no
/// coroutine.
/// </summary>
internal sealed class WireServer : IAsyncDisposable
{
    // Only a broken test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly ConcurrentBag<MemoryPeer> _peers = [];

    internal WireServer(Action<RouteTable>? map = null, HttpLimits? limits = null, string? root = null, StaticFileOptions? files = null,
        IModuleSource? modules = null, FailureHandler? failure = null,
        AccessLogOptions? accessLog = null, ForwardingOptions? forwarding = null, IReadOnlyList<string>? hosts = null, string rootPath = "",
        IServerObserver? observer = null, RequestHandler? handler = null)
    {
        var options = new HttpServerOptions
        {
            Hubs = 1,
            Limits = limits ?? new HttpLimits(),
            TimeProvider = Clock,
            Root = root,
            Files = files ?? new(),
            Modules = modules,
            FailureHandler = failure,
            AccessLog = accessLog,
            Forwarding = forwarding ?? new(),
            AllowedHosts = hosts ?? [],
            RootPath = rootPath,
            LoggerFactory = Log,
            Observers = observer is null ? [] : [() => observer]
        };
        Server = handler is null ? new HttpServer(options) : new HttpServer(options, handler);
        if (handler is null)
            Server.Routes.Map("/hello", (_, _) => Response.Text("hello"));
        map?.Invoke(Server.Routes);
        Server.Hubs.Start();
    }

    internal FakeClock Clock { get; } = new();

    internal LogRecorder Log { get; } = new();

    internal HttpServer Server { get; }

    internal Hub Hub => Server.Hubs.Hubs[0];

    /// <summary>How many exchanges the hub keeps for later.</summary>
    internal int KeptExchanges => Server.Parts.KeptExchanges;

    internal CancellationToken Cancellation => _patience.Token;

    internal MemoryPeer Connect(int capacity = MemoryConnection.DefaultCapacity)
    {
        var peer = MemoryConnection.Connect(Hub, Server.ServeAsync, capacity);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Sends text as Latin-1, one arrival, and lets the hub do all that it can do without further input or time.</summary>
    internal async Task SendAsync(MemoryPeer peer, string text)
    {
        peer.Send(Encoding.Latin1.GetBytes(text));
        await SettleAsync();
    }

    /// <summary>Everything that the server sends until it closes its side.</summary>
    internal async Task<string> ReceiveToEndAsync(MemoryPeer peer) => Encoding.Latin1.GetString(await peer.ReceiveToEndAsync(Cancellation));

    /// <summary>What has arrived by now, possibly nothing.</summary>
    internal async Task<string> ReceiveNowAsync(MemoryPeer peer)
    {
        await SettleAsync();
        return Encoding.Latin1.GetString(await peer.ReceiveAsync(0, Cancellation));
    }

    /// <summary>One connection, one arrival of these bytes, then the client's FIN; returns all that came back.</summary>
    internal async Task<string> ExchangeAsync(string text)
    {
        var peer = Connect();
        await SendAsync(peer, text);
        peer.ShutdownSend();
        return await ReceiveToEndAsync(peer);
    }

    internal async Task AdvanceAsync(TimeSpan step)
    {
        await SettleAsync();
        Clock.Advance(step);
        await SettleAsync();
    }

    /// <summary>Stops the server; the clock decides when the grace is over.</summary>
    /// <returns>How many connections were cut off.</returns>
    internal Task<int> StopAsync(TimeSpan grace) => Server.StopAsync(grace).WaitAsync(Cancellation);

    /// <summary>Waits until the hub has nothing more to do.</summary>
    internal Task SettleAsync() => Hub.SettleAsync().WaitAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        if (!Hub.IsDraining)
            await AssertNothingStaysAsync();
        await Server.StopAsync(TimeSpan.Zero);
        _patience.Dispose();
        Assert.Equal(0, Hub.ConnectionCount);
        Assert.Equal(0, Hub.CoroutineCount);
    }

    // What only the stop would end is a leak as long as the server runs.
    private async Task AssertNothingStaysAsync()
    {
        foreach (var peer in _peers)
            peer.Reset();
        await SettleAsync();
        await Until.TrueAsync(() => Hub.ConnectionCount == 0 && Hub.CoroutineCount == 0,
            "connections and coroutines gone with their clients");
    }
}
