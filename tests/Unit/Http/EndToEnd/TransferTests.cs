using System.Net;
using System.Security.Cryptography;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.EndToEnd;

public sealed class TransferTests() : TransferContract(TransportKind.Epoll);

public sealed class ManagedTransferTests() : TransferContract(TransportKind.Sockets);

public abstract class TransferContract(TransportKind transport)
{
    private const int Megabytes = 4;

    private static byte[] Random(int length, int seed)
    {
        byte[] data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static async ValueTask HashAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[64 * 1024];
        for (int count; (count = await request.ReadAsync(piece)) > 0;)
            hash.AppendData(piece, 0, count);
        await response.WriteTextAsync(Convert.ToHexString(hash.GetCurrentHash()));
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    public async Task Echo_Megabytes_ComesBackIdentical(string address, bool chunked)
    {
        await using var server = await SocketServer.StartAsync(
            routes => routes.Map("/echo", (request, _) => Response.Stream(request.Body, length: request.ContentLength)),
            address: IPAddress.Parse(address), transport: transport);
        byte[] sent = Random(Megabytes * 1024 * 1024, seed: 1);
        using var client = await server.ConnectAsync();
        var answer = await client.PostAsync("/echo", sent, chunked, server.Cancellation);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(Encoding.Latin1.GetBytes(answer.Body)));
        Assert.Equal(chunked ? "chunked" : null, answer["Transfer-Encoding"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_Megabytes_ArrivesIdentical(bool chunked)
    {
        await using var server = await SocketServer.StartAsync(routes => routes.MapHandler("/hash", HashAsync), transport: transport);
        byte[] sent = Random(Megabytes * 1024 * 1024, seed: 2);
        using var client = new HttpClient();
        HttpContent Content() => chunked ? new StreamContent(new UnknownLengthStream(sent)) : new ByteArrayContent(sent);
        for (int i = 0; i < 2; i++)
        {
            using var response = await client.PostAsync(server.Url("/hash"), Content(), server.Cancellation);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(sent)), await response.Content.ReadAsStringAsync(server.Cancellation));
        }
    }

    [Fact]
    public async Task Download_SlowReader_ReceivesItIdentical()
    {
        byte[] body = Random(Megabytes * 1024 * 1024, seed: 3);
        await using var server = await SocketServer.StartAsync(routes => routes.Map("/big", (_, _) => Response.Bytes(body)),
            transport: transport);
        using var socket = await server.ConnectAsync();
        socket.ReceiveBufferSize = 64 * 1024;
        await server.SendAsync(socket, "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        using var all = new MemoryStream();
        byte[] piece = new byte[3000];
        for (int count; (count = await socket.ReceiveAsync(piece, server.Cancellation)) > 0;)
        {
            all.Write(piece, 0, count);
            await Task.Yield();
        }
        byte[] received = all.ToArray();
        int head = received.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(received.AsSpan(head)));
    }

    [Fact]
    public async Task KeepAlive_ManyRequests_UseOneConnection()
    {
        await using var server = await SocketServer.StartAsync(
            routes => routes.Map("/who", (request, _) => Response.Text(request.RemoteEndPoint!.ToString()!)), transport: transport);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        var seen = new HashSet<string>();
        for (int i = 0; i < 50; i++)
            seen.Add(await client.GetStringAsync(server.Url("/who"), server.Cancellation));
        Assert.Single(seen);
    }

    [Fact]
    public async Task Connections_TwoHundredAtATime_AreAllAnswered()
    {
        await using var server = await SocketServer.StartAsync(routes => routes.Map("/slow", async (request, _) =>
        {
            await Coroutine.Sleep(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            return Response.Text(request.QueryString);
        }), transport: transport);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(n => client.GetStringAsync(server.Url($"/slow?{n}"), server.Cancellation)));
        Assert.Equal(Enumerable.Range(0, 1000).Select(n => $"{n}"), answers);
        client.Dispose();
        await server.WaitForConnectionsAsync(0);
    }

    /// <summary>A stream whose length nobody can ask for, so that it is sent in chunks.</summary>
    private sealed class UnknownLengthStream(byte[] data) : MemoryStream(data)
    {
        public override bool CanSeek => false;
    }
}
