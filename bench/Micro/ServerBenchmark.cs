using AsyncServer.Http;
using AsyncServer.Unit.Support;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>A server with one hub and without sockets: requests come from an array, answers go nowhere.</summary>
[MemoryDiagnoser]
public abstract class ServerBenchmark : IAsyncDisposable
{
    /// <summary>Rounds in one measured call.</summary>
    public const int Rounds = 10_000;

    private const string MeasuredPath = "/measured";

    private HttpServer _server = null!;
    private Action<Request, ResponseWriter>? _round; // null once all are made

    /// <summary>Starts the hub.</summary>
    [GlobalSetup]
    public void Start()
    {
        _server = new HttpServer(new HttpServerOptions { Hubs = 1, Root = Root });
        _server.Routes.MapHandler(MeasuredPath, MeasureAsync);
        Map(_server.Routes);
        _server.Hubs.Start();
    }

    /// <summary>Stops it.</summary>
    [GlobalCleanup]
    public virtual async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The document root, or null.</summary>
    protected virtual string? Root => null;

    internal RouteTable Routes => _server.Routes;

    /// <summary>Adds routes.</summary>
    protected virtual void Map(RouteTable routes) { }

    /// <summary>Answers a request by making all rounds of what is measured.</summary>
    protected ValueTask MeasureAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        for (int i = 0; i < Rounds; i++)
            _round!(request, response);
        _round = null;
        return ValueTask.CompletedTask;
    }

    /// <summary>All rounds within one request, while it is answered.</summary>
    protected async Task WithinRequest(Action<Request, ResponseWriter> round, string path = MeasuredPath)
    {
        _round = round;
        await ServeAsync(RequestHeads.To(path), arrivals: 1);
        if (_round is not null)
            throw new InvalidOperationException($"{path} failed before the last round");
    }

    /// <summary>Lets a connection send the same bytes so many times.</summary>
    protected Task ServeAsync(byte[] arrival, int arrivals)
    {
        var hub = _server.Hubs.Hubs[0];
        return hub.InvokeAsync(() => _server.ServeAsync(new RepeatingTransport(arrival, arrivals).Connect(hub)));
    }
}
