using System.Net.Sockets;
using AsyncServer.Http;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Http.EndToEnd;

public sealed class ConnectionEndTests() : ConnectionEndContract(TransportKind.Epoll);

public sealed class ManagedConnectionEndTests() : ConnectionEndContract(TransportKind.Sockets);

/// <summary>How connections end on real sockets: resets, refusals, drains.</summary>
public abstract class ConnectionEndContract(TransportKind transport)
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Reset_InsideOfAResponse_CancelsTheAppAndLeavesNothing()
    {
        int cancelled = 0;
        await using var server = await SocketServer.StartAsync(routes => routes.MapHandler("/endless", async (_, response, cancellation) =>
        {
            cancellation.Register(() => Interlocked.Increment(ref cancelled)); // kept: a write may fail before the token tells
            byte[] piece = new byte[64 * 1024];
            while (true)
                await response.WriteAsync(piece);
        }), transport: transport);
        const int Clients = 50;
        for (int i = 0; i < Clients; i++)
        {
            using var socket = await server.ConnectAsync();
            await server.SendAsync(socket, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
            await socket.ReceiveAsync(new byte[1000], server.Cancellation);
            socket.LingerState = new LingerOption(true, 0);
        }
        await server.WaitForConnectionsAsync(0);
        while (Volatile.Read(ref cancelled) < Clients)
        {
            server.Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Reset_WhileTheAppWaits_CancelsItsToken()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = await SocketServer.StartAsync(routes => routes.Map("/wait", async (_, cancellation) =>
        {
            using var registration = cancellation.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
            return Response.Empty();
        }), transport: transport);
        using (var socket = await server.ConnectAsync())
        {
            await server.SendAsync(socket, Hello + "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
            await server.ReceiveUntilAsync(socket, "hello");
            socket.LingerState = new LingerOption(true, 0);
        }
        await cancelled.Task.WaitAsync(server.Cancellation);
        await server.WaitForConnectionsAsync(0);
    }

    [Fact]
    public async Task LongAnswer_EmptyLineAfterARequestToClose_ArrivesWhole()
    {
        // Old clients send one after a body, whatever they said about the connection (RFC 9112 2.2, 9.6).
        const int Length = 1_000_000;
        await using var server = await SocketServer.StartAsync(
            routes => routes.Map("/long", (_, _) => Response.Text(new string('a', Length - 1) + "z")), transport: transport);
        using var socket = await server.ConnectAsync();
        await server.SendAsync(socket, "GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await socket.ReceiveAsync(new byte[1], server.Cancellation);
        await server.SendAsync(socket, "\r\n");
        string text = await server.ReceiveUntilAsync(socket, "z");
        Assert.Equal(Length, text.Length - text.IndexOf("\r\n\r\n", StringComparison.Ordinal) - "\r\n\r\n".Length);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], server.Cancellation));
    }

    [Theory]
    [InlineData(414)]
    [InlineData(431)]
    [InlineData(413)]
    public async Task Refused_ClientIsStillSending_ReceivesTheAnswer(int status)
    {
        await using var server = await SocketServer.StartAsync(transport: transport);
        string huge = new('x', 1_000_000);
        string text = status switch
        {
            414 => $"GET /{huge} HTTP/1.1\r\nHost: a\r\n\r\n",
            431 => $"GET / HTTP/1.1\r\nHost: a\r\nA: {huge}\r\n\r\n",
            _ => $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{huge}",
        };
        using var socket = await server.ConnectAsync();
        await server.SendAsync(socket, text);
        await server.SendAsync(socket, Hello);
        byte[] answer = new byte[2000];
        int length = 0;
        for (int count; (count = await socket.ReceiveAsync(answer.AsMemory(length), server.Cancellation)) > 0;)
            length += count;
        Assert.StartsWith($"HTTP/1.1 {status} ", System.Text.Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        socket.Dispose();
        await server.WaitForConnectionsAsync(0);
    }

    [Fact]
    public async Task Stop_HundredRequestsInFlight_AllAreAnsweredAndIdleOnesEnd()
    {
        const int Clients = 100;
        int working = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await SocketServer.StartAsync(routes => routes.Map("/slow", async (_, _) =>
        {
            Interlocked.Increment(ref working);
            await gate.Task;
            return Response.Text("done");
        }), transport: transport);
        var idle = await server.ConnectAsync();
        await server.SendAsync(idle, Hello);
        await server.ReceiveUntilAsync(idle, "hello");
        var busy = new List<Socket>();
        for (int i = 0; i < Clients; i++)
        {
            busy.Add(await server.ConnectAsync());
            await server.SendAsync(busy[i], "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        while (Volatile.Read(ref working) < Clients)
        {
            server.Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        var stopping = server.Server.StopAsync(TimeSpan.FromSeconds(20), server.Cancellation);
        Assert.Equal(0, await idle.ReceiveAsync(new byte[1], server.Cancellation)); // at once, while others still work
        Assert.False(stopping.IsCompleted);
        while (server.Server.Hubs.Hubs.Any(hub => !hub.IsDraining)) // the idle one's hub drains, the other is about to
            await Task.Yield();
        gate.SetResult();
        foreach (var socket in busy)
        {
            Assert.Contains("Connection: close", await server.ReceiveUntilAsync(socket, "done"), StringComparison.Ordinal);
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], server.Cancellation));
            socket.Dispose();
        }
        Assert.Equal(0, await stopping);
        idle.Dispose();
    }
}
