using System.Net;
using System.Net.Sockets;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>
/// Listeners with limits of their own, on real sockets: which of them a connection came from decides, in whatever way it came.
/// </summary>
public sealed class ListenerTests
{
    private const string Get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly string TwoHeaders = Get.Replace("\r\n\r\n", "\r\nX: y\r\nConnection: close\r\n\r\n", StringComparison.Ordinal);

    // It has room for fewer headers than the server's.
    private static readonly HttpLimits Tight = new()
    {
        MaxRequestHeaderCount = 2,
        MaxRequestBodySize = 3,
        KeepAliveTimeout = TimeSpan.FromSeconds(5),
    };

    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Limits_OfOneListener_HoldForItsConnectionsAlone()
    {
        await using var server = await StartAsync(new HttpServerOptions
        {
            Hubs = 2,
            Listen = [new HttpListenOptions { EndPoint = AnyPort }, new HttpListenOptions { EndPoint = AnyPort, Limits = Tight }],
            Limits = new HttpLimits { MaxRequestBodySize = 10 },
        });
        Assert.Equal([200, 431], server.EndPoints.Select(static endPoint => Ask(endPoint, TwoHeaders)));
        string post = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd";
        Assert.Equal([200, 413], server.EndPoints.Select(endPoint => Ask(endPoint, post)));
    }

    [Fact]
    public async Task Limits_KeepAliveOfOneListener_EndsItsIdleConnectionsAlone()
    {
        var clock = new FakeClock();
        await using var server = await StartAsync(new HttpServerOptions
        {
            Hubs = 1,
            TimeProvider = clock,
            Listen = [new HttpListenOptions { EndPoint = AnyPort }, new HttpListenOptions { EndPoint = AnyPort, Limits = Tight }],
        });
        using var patient = Connect(server.EndPoints[0]);
        using var impatient = Connect(server.EndPoints[1]);
        Assert.Equal([200, 200], [Exchange(patient, Get), Exchange(impatient, Get)]);
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(0, impatient.Receive(new byte[1]));
        Assert.Equal(200, Exchange(patient, Get));
    }

    [Fact]
    public async Task ListenAndEndPoints_Together_AreInThatOrder()
    {
        await using var server = await StartAsync(new HttpServerOptions
        {
            Hubs = 1,
            Port = 1, // does not count
            Listen = [new HttpListenOptions { EndPoint = AnyPort, Limits = Tight }],
            EndPoints = [AnyPort, AnyPort],
        });
        Assert.Equal([431, 200, 200], server.EndPoints.Select(static endPoint => Ask(endPoint, TwoHeaders)));
    }

    [Fact]
    public async Task Listen_WhileItRuns_HasLimitsOfItsOwnOrTheServers()
    {
        await using var server = await StartAsync(new HttpServerOptions { Hubs = 1, EndPoints = [AnyPort] });
        var (tight, tightEndPoint) = DetachedListener();
        var (plain, plainEndPoint) = DetachedListener();
        var options = new HttpListenOptions { EndPoint = new DescriptorEndPoint(tight), Limits = Tight };
        await using var first = await server.ListenAsync(options);
        await using var second = await server.ListenAsync(new DescriptorEndPoint(plain));
        Assert.Equal(431, Ask(tightEndPoint, TwoHeaders));
        Assert.Equal(200, Ask(plainEndPoint, TwoHeaders));
    }

    [Fact]
    public async Task Listen_FurtherSocketOfAListener_IsServedByItsLimits()
    {
        await using var server = await StartAsync(TwoListeners());
        var (descriptor, endPoint) = DetachedListener();
        await using (await server.ListenAsync(new DescriptorEndPoint(descriptor), 1))
            Assert.Equal(431, Ask(endPoint, TwoHeaders));
        (descriptor, endPoint) = DetachedListener();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => server.ListenAsync(new DescriptorEndPoint(descriptor), 2));
        Assert.Throws<SocketException>(() => Connect(endPoint));
    }

    [Fact]
    public async Task TakenConnection_ServedByAnotherServer_HasTheLimitsOfItsListener()
    {
        var taken = new System.Collections.Concurrent.ConcurrentQueue<AcceptedSocket>();
        await using var accepting = await StartAsync(TwoListeners(client =>
        {
            taken.Enqueue(client);
            return Task.CompletedTask;
        }));
        for (int listener = 0; listener < 2; listener++)
        {
            using var client = Connect(accepting.EndPoints[listener]);
            AcceptedSocket accepted = default;
            await Until.TrueAsync(() => taken.TryDequeue(out accepted), "accepted");
            using var handle = accepted.Detach();
            var inherited = AcceptedSocket.Inherit(FileDescriptor.DuplicateFrom((int)handle.DangerousGetHandle(), 0), accepted.Listener);
            await using var serving = new HttpServer(TwoListeners());
            serving.Routes.Map("/hello", static (_, _) => Response.Text("hello"));
            var end = serving.ServeAsync(inherited);
            Assert.Equal(listener == 0 ? 200 : 431, Exchange(client, TwoHeaders));
            client.Dispose();
            await end.Soon();
        }
    }

    [Fact]
    public async Task TakenConnection_OfNoListener_IsRefusedAndClosed()
    {
        using var listening = SocketListener.Bind(AnyPort);
        listening.Blocking = true;
        using var client = Connect(listening.LocalEndPoint!);
        var accepted = AcceptedSocket.Inherit(SocketDescriptor.Accept((int)listening.Handle, out _), AcceptedSocket.UnknownListener);
        await using var server = new HttpServer(TwoListeners());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => server.ServeAsync(accepted));
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    [Fact]
    public void Handlers_ListenersOfTheSameLimits_ShareOne()
    {
        var service = new HttpService(new HttpLimits(), static (_, _, _) => ValueTask.CompletedTask, null!, null, false,
            TimeProvider.System, null!);
        using var handlers = new ConnectionHandlers(service.Limits,
            limits => new ConnectionHandler(service with { Limits = limits }, null!, null));
        var own = handlers.For(new HttpListenOptions { EndPoint = AnyPort, Limits = Tight });
        Assert.Same(own, handlers.For(new HttpListenOptions { EndPoint = AnyPort, Limits = Tight }));
        Assert.Same(Tight, own.Service.Limits);
        Assert.Same(handlers.Standard, handlers.For(new HttpListenOptions { EndPoint = AnyPort }));
        Assert.NotSame(own, handlers.Standard);
    }

    [Fact]
    public void Check_LimitOfTheWholeServer_IsRefusedForAListener()
    {
        static HttpServerOptions Options(HttpLimits ofListener) => new()
        {
            Limits = new HttpLimits { MaxConnections = 5 },
            Listen = [new HttpListenOptions { EndPoint = AnyPort, Limits = ofListener }],
        };
        Options(new HttpLimits { MaxRequestBodySize = 1 }).Check();
        Options(new HttpLimits { MaxConnections = 5 }).Check();
        Assert.Throws<ArgumentException>(Options(new HttpLimits { MaxConnections = 6 }).Check);
        Assert.Throws<ArgumentOutOfRangeException>(Options(new HttpLimits { MaxRequestBodySize = -1 }).Check);
    }

    private static HttpServerOptions TwoListeners(Func<AcceptedSocket, Task>? take = null) => new()
    {
        Hubs = 1,
        Listen = [new HttpListenOptions { EndPoint = AnyPort }, new HttpListenOptions { EndPoint = AnyPort, Limits = Tight }],
        TakeConnection = take,
    };

    private static async Task<HttpServer> StartAsync(HttpServerOptions options)
    {
        var server = new HttpServer(options);
        server.Routes.Map("/hello", static (_, _) => Response.Text("hello"));
        await server.StartAsync().Soon();
        return server;
    }

    private static (int Descriptor, EndPoint EndPoint) DetachedListener()
    {
        using var socket = SocketListener.Bind(AnyPort);
        return (FileDescriptor.DuplicateFrom((int)socket.Handle, 0), socket.LocalEndPoint!);
    }

    private static Socket Connect(EndPoint endPoint)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)TestHub.Patience.TotalMilliseconds,
        };
        client.Connect(endPoint);
        return client;
    }

    private static int Ask(EndPoint endPoint, string request)
    {
        using var client = Connect(endPoint);
        return Exchange(client, request);
    }

    // The status; the rest of the answer comes with it or is dropped.
    private static int Exchange(Socket client, string request)
    {
        client.Send(Encoding.ASCII.GetBytes(request));
        byte[] answer = new byte[4096];
        int count = client.Receive(answer);
        return int.Parse(Encoding.ASCII.GetString(answer, 0, count).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
