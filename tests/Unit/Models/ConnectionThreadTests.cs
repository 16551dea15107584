using System.Net;
using System.Net.Sockets;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Models;

/// <summary>A thread for each connection: what it costs, and that all of it is given back.</summary>
[Collection(Descriptors.Name)]
public sealed class ConnectionThreadTests
{
    private const string Get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Connections_TwoThousandOneAfterTheOther_LeaveNothing()
    {
        await using var server = await StartAsync();
        await AskAsync(server, "/hello", "hello");
        await WaitUntilEmptyAsync(server);
        int threads = Descriptors.CountThreads();
        int descriptors = Descriptors.Count();
        int hubs = RunInfo.Capture().Hubs.Count;
        for (int i = 0; i < 2000; i++)
            await AskAsync(server, i % 2 == 0 ? "/hello" : "/wait", i % 2 == 0 ? "hello" : "waited");
        await WaitUntilEmptyAsync(server);
        await Until.TrueAsync(() => Descriptors.CountThreads() <= threads + 8, "threads back"); // the pool may have started some
        await Until.TrueAsync(() => Descriptors.Count() <= descriptors, "descriptors back");
        Assert.Equal(hubs, RunInfo.Capture().Hubs.Count);
        Assert.Equal(0, server.Parts.KeptForHubs);
    }

    [Fact]
    public async Task Idle_ManyConnections_EachIsAThreadWithoutADescriptorOfItsOwn()
    {
        const int connections = 200;
        await using var server = await StartAsync();
        var clients = new List<Socket>();
        int before = Descriptors.Count();
        int threads = Descriptors.CountThreads();
        for (int i = 0; i < connections; i++)
        {
            clients.Add(Connect(server));
            await AskAsync(clients[i], "/wait", "waited");
        }
        Assert.Equal(connections, server.Hubs.ConnectionCount);
        Assert.InRange(Descriptors.CountThreads() - threads, connections, connections + 8);
        await Until.TrueAsync(() => Descriptors.Count() <= before + (2 * connections) + 2, "both ends and a wake descriptor");
        Assert.Equal(connections, RunInfo.Capture(TestHub.Patience).Hubs.Count(static hub => hub.ConnectionCount == 1
            && hub.State != HubState.Hanging));
        Assert.Equal(0, await server.StopAsync(TestHub.Patience, TestContext.Current.CancellationToken)); // all of them are woken and end
        Assert.All(clients, static client => Assert.Equal(0, client.Receive(new byte[1])));
        clients.ForEach(static client => client.Dispose());
        await Until.TrueAsync(() => Descriptors.CountThreads() <= threads + 8, "threads back");
    }

    [Fact]
    public async Task App_HoldsItsThread_OthersAreServed()
    {
        using var mayEnd = new ManualResetEventSlim();
        await using var server = await StartAsync(routes => routes.Map("/block", (_, _) =>
        {
            mayEnd.Wait(TestHub.Patience, CancellationToken.None);
            return Response.Text("blocked");
        }));
        using var blocked = Connect(server);
        blocked.Send(Encoding.ASCII.GetBytes(Get.Replace("hello", "block", StringComparison.Ordinal)));
        for (int i = 0; i < 10; i++)
            await AskAsync(server, "/hello", "hello");
        mayEnd.Set();
        Assert.Contains("blocked", await ReceiveUntilAsync(blocked, "blocked"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxConnections_Refuse_TheOneBeyondIsTold()
    {
        await using var server = await StartAsync(limits: new HttpLimits { MaxConnections = 1, Overload = OverloadMode.Refuse });
        using var first = Connect(server);
        await AskAsync(first, "/hello", "hello");
        using (var second = Connect(server))
            Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", await ReceiveUntilAsync(second, "Service Unavailable\n"),
                StringComparison.Ordinal);
        await AskAsync(first, "/hello", "hello");
        first.Dispose();
        await WaitUntilEmptyAsync(server);
        await AskAsync(server, "/hello", "hello");
    }

    [Fact]
    public async Task Sequential_IdleConnection_HoldsTheServerUntilItEnds()
    {
        await using var server = await StartAsync(model: ServerModel.Sequential);
        using var first = Connect(server);
        await AskAsync(first, "/hello", "hello");
        using var second = Connect(server);
        second.Send(Encoding.ASCII.GetBytes(Get));
        await AskAsync(first, "/hello", "hello");
        await server.Hubs.Hubs[0].SettleAsync();
        Assert.Equal(0, second.Available);
        first.Dispose();
        await ReceiveUntilAsync(second, "hello");
    }

    private static async Task<HttpServer> StartAsync(Action<RouteTable>? map = null, HttpLimits? limits = null,
        ServerModel model = ServerModel.Threads)
    {
        var server = new HttpServer(new HttpServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = model,
            Limits = limits ?? new HttpLimits(),
        });
        server.Routes.Map("/hello", (_, _) => Response.Text("hello"));
        server.Routes.Map("/wait", async (_, _) =>
        {
            await Hub.RunBlockingAsync(static () => { }); // something else than its socket wakes the thread
            return Response.Text("waited");
        });
        map?.Invoke(server.Routes);
        await server.StartAsync();
        return server;
    }

    private static Socket Connect(HttpServer server)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream,
            ProtocolType.Tcp)
        { ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds };
        client.Connect(server.EndPoints[0]);
        return client;
    }

    private static async Task AskAsync(HttpServer server, string path, string end)
    {
        using var client = Connect(server);
        await AskAsync(client, path, end);
    }

    private static async Task AskAsync(Socket client, string path, string end)
    {
        client.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        await ReceiveUntilAsync(client, end);
    }

    private static async Task<string> ReceiveUntilAsync(Socket client, string end)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await client.ReceiveAsync(piece, TestContext.Current.CancellationToken).AsTask().Soon();
            Assert.True(count > 0, $"the server ended after: {text}");
            text.Append(Encoding.Latin1.GetString(piece, 0, count));
        }
        return text.ToString();
    }

    private static Task WaitUntilEmptyAsync(HttpServer server) =>
        Until.TrueAsync(() => server.Hubs.ConnectionCount == 0 && server.Parts.KeptForHubs == 0, "all connections ended");
}
