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

        // The line with the date is rebuilt each second; 200 bytes each, and a few seconds at most.
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

    /// <summary>The median of three: the heap is the whole process's, and what else runs in it may take some at any moment.</summary>
    [Fact]
    public async Task IdleConnections_EachAnsweredOnce_HoldLittle()
    {
        byte[] answer = new byte[4096];
        await using var server = await SocketServer.StartAsync(hubs: 1);
        using var warm = new Clients(server.EndPoint, 10); // what is shared: pools, tables, the JIT's own
        warm.ForEach(Ask);

        long[] each = new long[3];
        for (int i = 0; i < each.Length; i++)
        {
            each[i] = Measure();
            await server.WaitForConnectionsAsync(warm.Count);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{string.Join(", ", each)} bytes a connection");
        Array.Sort(each);
        Assert.InRange(each[1], 1, MaxBytesPerIdleConnection);

        long Measure()
        {
            const int Connections = 1000;

            // The clients live in this process too: what they cost, connected to nobody's accept, is subtracted.
            using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            nobody.Listen(Connections);
            long start = GC.GetTotalMemory(forceFullCollection: true);
            using var unserved = new Clients((IPEndPoint)nobody.LocalEndPoint!, Connections);
            unserved.ForEach(static client => client.Send(Hello));
            long clientsAlone = GC.GetTotalMemory(forceFullCollection: true) - start;

            start = GC.GetTotalMemory(forceFullCollection: true);
            using var served = new Clients(server.EndPoint, Connections);
            served.ForEach(Ask);
            long both = GC.GetTotalMemory(forceFullCollection: true) - start;
            Assert.Equal(Connections + warm.Count, server.Server.Hubs.ConnectionCount);
            return (both - clientsAlone) / Connections;
        }

        void Ask(Socket client)
        {
            client.Send(Hello);
            while (!answer.AsSpan(0, client.Receive(answer)).EndsWith("hello"u8))
                continue;
        }
    }

    /// <summary>Connected sockets that are closed together, also when the test fails: the server's own check would hide why.</summary>
    private sealed class Clients : List<Socket>, IDisposable
    {
        internal Clients(IPEndPoint endPoint, int count)
            : base(count)
        {
            for (int i = 0; i < count; i++)
            {
                Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                this[i].Connect(endPoint);
            }
        }

        public void Dispose() => ForEach(static client => client.Dispose());
    }
}
