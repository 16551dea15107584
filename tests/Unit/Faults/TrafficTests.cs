using System.Net.Sockets;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Faults;

/// <summary>Clients that wear a server out: connection churn (fault 51), resets (fault 6), bombs (fault 42).</summary>
[Collection(Descriptors.Name)]
public sealed class TrafficTests
{
    [Fact]
    public async Task Churn_TwoThousandConnections_LeaveNoDescriptor()
    {
        var descriptors = Descriptors.Take();
        await using (var server = await Http.EndToEnd.SocketServer.StartAsync())
        {
            for (int i = 0; i < 2000; i++)
            {
                using var socket = await server.ConnectAsync();
                await server.SendAsync(socket, "GET /hello HTTP/1.0\r\n\r\n");
                await server.ReceiveUntilAsync(socket, "hello");
            }
            await server.WaitForConnectionsAsync(0);
        }
        await descriptors.AssertNoneLeakedAsync();
    }

    [Fact]
    public async Task Resets_ThousandInsideOfResponses_LeaveNoDescriptorAndNoLogLine()
    {
        var descriptors = Descriptors.Take();
        await using (var server = await Http.EndToEnd.SocketServer.StartAsync(
            routes => routes.Map("/big", (_, _) => Response.Bytes(new byte[1_000_000]))))
        {
            for (int i = 0; i < 1000; i++)
            {
                using var socket = await server.ConnectAsync();
                await server.SendAsync(socket, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
                await socket.ReceiveAsync(new byte[100], server.Cancellation);
                socket.LingerState = new LingerOption(true, 0);
            }
            await server.WaitForConnectionsAsync(0);
            Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Information);
        }
        await descriptors.AssertNoneLeakedAsync();
    }

    [Fact]
    public async Task CompressedBody_IsHandedToTheAppAsItIs()
    {
        // 10 MB of zeros: inflated by nobody but an app that wants to.
        byte[] body = Compress(new byte[10_000_000]);
        await using var server = new WireServer(routes => routes.Map("/sum", async (request, _) =>
        {
            byte[] read = new byte[body.Length + 1];
            int length = await request.Body.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, CancellationToken.None);
            return Response.Text($"{request.Headers["Content-Encoding"]} {read.AsSpan(0, length).SequenceEqual(body)}");
        }));
        string head = $"POST /sum HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n";
        Assert.Equal("gzip True", WireResponse.Parse(await server.ExchangeAsync(head + Encoding.Latin1.GetString(body))).Body);
    }

    private static byte[] Compress(byte[] data)
    {
        using var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Optimal))
            gzip.Write(data);
        return target.ToArray();
    }
}
