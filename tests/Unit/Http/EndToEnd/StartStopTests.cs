using System.Net;
using System.Net.Sockets;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Http.EndToEnd;

public sealed class StartStopTests() : StartStopContract(TransportKind.Epoll);

public sealed class ManagedStartStopTests() : StartStopContract(TransportKind.Sockets);

public abstract class StartStopContract(TransportKind transport)
{
    private HttpServer Create(params EndPoint[] endPoints) =>
        new(new HttpServerOptions { EndPoints = endPoints, Hubs = 1, Transport = transport });

    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Start_PortInUse_NamesTheAddressAndClosesTheOthers()
    {
        await using var first = Create(AnyPort);
        await first.StartAsync();
        var taken = (IPEndPoint)first.EndPoints[0];
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(AnyPort);
        var free = (IPEndPoint)probe.LocalEndPoint!;
        probe.Dispose();

        await using var second = Create(free, taken);
        var exception = await Assert.ThrowsAsync<ListenException>(second.StartAsync);
        Assert.Contains(taken.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Equal(taken, exception.EndPoint);
        await Assert.ThrowsAsync<ListenException>(second.StartAsync); // it did not start, and does not pretend that it has
        using var again = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        again.Bind(free);
    }

    [Fact]
    public async Task Start_Twice_ListensOnce()
    {
        await using var server = Create(AnyPort);
        await Task.WhenAll(server.StartAsync(), server.StartAsync());
        await server.StartAsync();
        Assert.Single(server.EndPoints);
    }

    [Fact]
    public async Task Stop_Twice_WaitsForTheSameEnd()
    {
        var server = Create(AnyPort);
        await server.StartAsync();
        int[] cut = await Task.WhenAll(server.StopAsync(TimeSpan.Zero, CancellationToken.None),
            server.StopAsync(TimeSpan.Zero, CancellationToken.None));
        Assert.Equal([0, 0], cut);
        await server.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Stop_NeverStarted_Ends()
    {
        var server = Create(AnyPort);
        Assert.Equal(0, await server.StopAsync(TimeSpan.Zero, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(server.StartAsync);
    }

    [Fact]
    public async Task Stop_WhileStarting_LeavesNothingListening()
    {
        string folder = Directory.CreateTempSubdirectory("asyncserver-stop-").FullName;
        for (int i = 0; i < 1000; i++)
        {
            // No ports: another test may get one that has just been given back.
            UnixDomainSocketEndPoint[] endPoints = [new(Path.Combine(folder, $"{i}.first")), new(Path.Combine(folder, $"{i}.second"))];
            var server = Create(endPoints);
            var starting = server.StartAsync();
            await server.StopAsync(TimeSpan.Zero, CancellationToken.None);
            await starting;
            Assert.Equal(endPoints.Length, server.EndPoints.Count);
            foreach (var endPoint in endPoints)
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                Assert.Throws<SocketException>(() => socket.Connect(endPoint));
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Routes_AfterStart_AreSealed()
    {
        await using var server = Create(AnyPort);
        await server.StartAsync();
        Assert.Throws<InvalidOperationException>(() => server.Routes.Map("/late", (_, _) => Response.Empty()));
    }

    [Fact]
    public async Task MaxConnections_FurtherOnesWaitUntilOneEnds()
    {
        await using var server = await SocketServer.StartAsync(limits: new HttpLimits { MaxConnections = 2 }, transport: transport);
        using var first = await server.ConnectAsync();
        using var second = await server.ConnectAsync();
        using var third = await server.ConnectAsync();
        foreach (var socket in new[] { first, second, third })
            await server.SendAsync(socket, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.ReceiveUntilAsync(first, "hello");
        await server.ReceiveUntilAsync(second, "hello");
        Assert.Equal(0, third.Available);
        first.Dispose();
        await server.ReceiveUntilAsync(third, "hello");
    }

    [Fact]
    public async Task MaxConnections_TwoAddresses_NeitherHoldsAPlaceForWhoMayNeverCome()
    {
        await using var server = new HttpServer(
            new HttpServerOptions
            {
                EndPoints = [AnyPort, AnyPort],
                Hubs = 1,
                Transport = transport,
                Limits = new HttpLimits { MaxConnections = 1 }
            });
        server.Routes.Map("/hello", (_, _) => Response.Text("hello"));
        await server.StartAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        foreach (var endPoint in server.EndPoints.Reverse())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{endPoint}/hello"));
            request.Headers.ConnectionClose = true;
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        var stopping = server.StopAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.Equal(0, await stopping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }
}
