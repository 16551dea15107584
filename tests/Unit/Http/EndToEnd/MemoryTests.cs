using System.Net;
using System.Net.Sockets;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>What DESIGN promises of memory: no garbage for a warm plain request, little for an idle connection.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    private const int MaxBytesPerIdleConnection = 700;
    private static readonly byte[] Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task WarmRequest_OnAKeepAliveConnection_AllocatesNothing()
    {
        const int Requests = 2000;
        long allocated = 0;
        await using var server = await SocketServer.StartAsync(
            routes => routes.Map("/allocated", (_, _) =>
            {
                allocated = GC.GetAllocatedBytesForCurrentThread(); // on the hub's thread: all that it allocates, and nothing else
                return Response.Text("hello");
            }),
            hubs: 1);
        using var socket = await server.ConnectAsync();
        await AskAsync("/hello", Requests); // warm
        await AskAsync("/allocated", 1);
        long before = Volatile.Read(ref allocated);
        await AskAsync("/hello", Requests);
        await AskAsync("/allocated", 1);

        // The line with the date is made anew each second; 200 bytes each, and a few seconds at most.
        Assert.InRange(Volatile.Read(ref allocated) - before, 0, Requests * 2);

        // A blocking client on the test's own thread: its garbage is not the hub's.
        async Task AskAsync(string path, int count)
        {
            byte[] request = System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            byte[] answer = new byte[4096];
            for (int i = 0; i < count; i++)
            {
                await socket.SendAsync(request, server.Cancellation);
                while (!answer.AsSpan(0, await socket.ReceiveAsync(answer, server.Cancellation)).EndsWith("hello"u8))
                    continue;
            }
        }
    }

    [Fact]
    public async Task IdleConnections_EachAnsweredOnce_HoldLittle()
    {
        const int Connections = 1000;
        byte[] answer = new byte[4096];
        await using var server = await SocketServer.StartAsync(hubs: 1);
        var warm = Connect(server.EndPoint, 10); // what is shared: pools, tables, the JIT's own
        warm.ForEach(Ask);

        // The clients live in this process too: what they cost, connected to nobody's accept, is subtracted.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        nobody.Listen(Connections);
        long start = GC.GetTotalMemory(forceFullCollection: true);
        var unserved = Connect((IPEndPoint)nobody.LocalEndPoint!, Connections);
        unserved.ForEach(static client => client.Send(Hello));
        long clientsAlone = GC.GetTotalMemory(forceFullCollection: true) - start;

        start = GC.GetTotalMemory(forceFullCollection: true);
        var served = Connect(server.EndPoint, Connections);
        served.ForEach(Ask);
        long both = GC.GetTotalMemory(forceFullCollection: true) - start;

        Assert.Equal(Connections + warm.Count, server.Server.Hubs.ConnectionCount);
        long each = (both - clientsAlone) / Connections;
        TestContext.Current.TestOutputHelper!.WriteLine($"{each} bytes a connection");
        Assert.InRange(each, 1, MaxBytesPerIdleConnection);
        foreach (var client in unserved.Concat(warm).Concat(served))
            client.Dispose();
        await server.WaitForConnectionsAsync(0);

        void Ask(Socket client)
        {
            client.Send(Hello);
            while (!answer.AsSpan(0, client.Receive(answer)).EndsWith("hello"u8))
                continue;
        }
    }

    private static List<Socket> Connect(IPEndPoint endPoint, int count)
    {
        var clients = new List<Socket>(count);
        for (int i = 0; i < count; i++)
        {
            clients.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            clients[i].Connect(endPoint);
        }
        return clients;
    }
}
