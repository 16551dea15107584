using System.Net;
using System.Net.Sockets;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.EndToEnd;

public sealed class SlowReaderTests() : SlowReaderContract(TransportKind.Epoll);

public sealed class ManagedSlowReaderTests() : SlowReaderContract(TransportKind.Sockets);

/// <summary>A client with a tiny window that stops to read, on a real socket; the server's clock is the test's.</summary>
public abstract class SlowReaderContract(TransportKind transport)
{
    private const int TinyBuffer = 4096;

    [Theory]
    [InlineData(int.MaxValue, 5)] // what the client's system took counts for nothing
    [InlineData(1, 30)] // what it took is worth more than 5 s: the send timeout holds
    public async Task NothingRead_TinyWindow_IsCutOffAndOthersAreServed(int rate, int seconds)
    {
        var clock = new FakeClock();
        int written = 0;
        await using var server = new HttpServer(new HttpServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            Hubs = 1,
            Transport = transport,
            TimeProvider = clock,
            Limits = new HttpLimits { MinResponseDataRate = rate },
        });
        server.Routes.Map("/hello", (_, _) => Response.Text("hello"));
        server.Routes.MapHandler("/endless", async (_, response, _) =>
        {
            for (; ; Interlocked.Add(ref written, 4096))
                await response.WriteAsync(new byte[4096]);
        });
        await server.StartAsync();
        var hub = server.Hubs.Hubs[0];

        using var slow = Connect(server, TinyBuffer);
        slow.Send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        int before;
        do
        {
            before = Volatile.Read(ref written);
            await hub.SettleAsync().Soon();
        }
        while (before == 0 || Volatile.Read(ref written) != before); // until nothing moves any more

        clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        await hub.SettleAsync().Soon();
        Assert.Equal(1, server.Hubs.ConnectionCount);
        using (var other = Connect(server, 0))
        {
            other.Send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
            Assert.True(other.Receive(new byte[1024]) > 0);
        }
        int passed = seconds - 1;
        for (; server.Hubs.ConnectionCount > 0; passed++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await hub.SettleAsync().Soon();
        }
        Assert.InRange(passed, seconds, (2 * seconds) + 1); // its system may have taken some more after the wait began
        var exception = Assert.Throws<SocketException>(() =>
        {
            while (slow.Receive(new byte[64 * 1024]) > 0)
                continue;
        });
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    private static Socket Connect(HttpServer server, int receiveBuffer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        socket.Connect(server.EndPoints[0]);
        return socket;
    }
}
