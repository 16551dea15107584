using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>Nobody's speed is another's memory: each side moves as fast as the other takes.</summary>
public sealed class BackPressureTests
{
    private const int Buffered = 64 * 1024;
    private const int Window = 10_000;

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(60_000)]
    public async Task AppWritesFaster_IsSuspendedAndGoesOnAsTheClientReads(int piece)
    {
        int written = 0;
        await using var server = new WireServer(routes => routes.MapHandler("/endless", async (_, response, _) =>
        {
            for (; ; )
            {
                await response.WriteAsync(new byte[piece]);
                written += piece;
            }
        }));
        var peer = server.Connect(Window);
        await server.SendAsync(peer, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.InRange(written, 0, Buffered);
        int read = 0;
        for (int i = 0; i < 20; i++)
        {
            read += (await peer.ReceiveAsync(1, server.Cancellation)).Length;
            await server.SettleAsync();
            Assert.InRange(written, Math.Max(0, read - Buffered), read + Buffered);
        }
        Assert.InRange(read, 20 * Window / 2, 20 * Window);
    }

    [Fact]
    public async Task SequenceGivesFaster_NextItemIsNotAskedFor()
    {
        int given = 0;
        async IAsyncEnumerable<ReadOnlyMemory<byte>> Items()
        {
            for (; ; given += 1000)
            {
                await Task.CompletedTask;
                yield return new byte[1000];
            }
        }
        await using var server = new WireServer(routes => routes.Map("/items", (_, _) => Response.Stream(Items())));
        var peer = server.Connect(Window);
        await server.SendAsync(peer, "GET /items HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.InRange(given, 1000, Window + 1000);
    }

    [Fact]
    public async Task Pipelined_HundredThousandUnread_ReceivingStopsAndNoneIsLost()
    {
        const int Requests = 100_000;
        int answered = 0;
        await using var server = new WireServer(routes => routes.Map("/n", (_, _) => Response.Text($"{answered++}")));
        byte[] all = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /n HTTP/1.1\r\nHost: a\r\n\r\n", Requests)));
        var peer = server.Connect(Window);
        peer.Send(all);
        await server.SettleAsync();
        int stoppedAt = answered;
        Assert.InRange(stoppedAt, 1, Buffered / 100);
        Assert.InRange(peer.UntakenCount, all.Length - Buffered, all.Length); // the rest is the client's to keep
        await server.SettleAsync();
        Assert.Equal(stoppedAt, answered);

        byte[] first = await peer.ReceiveAsync(Window, server.Cancellation);
        await server.SettleAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", Encoding.ASCII.GetString(first), StringComparison.Ordinal);
        Assert.InRange(answered, stoppedAt + 1, 2 * Buffered / 100); // it goes on where it stopped, as far as was read
    }

    [Theory]
    [InlineData("Content-Length: 1000000\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "f4240\r\n")]
    public async Task Body_IsTakenAsFastAsTheAppReads(string framing, string size)
    {
        const int Length = 1_000_000;
        int read = 0;
        var next = new SemaphoreSlim(0);
        await using var server = new WireServer(routes => routes.MapHandler("/slow", async (request, response, _) =>
        {
            byte[] piece = new byte[1000];
            do
                await next.WaitAsync(CancellationToken.None);
            while ((read += await request.ReadAsync(piece)) < Length);
            await response.WriteTextAsync("done");
        }));
        var peer = server.Connect();
        await server.SendAsync(peer,
            "POST /slow HTTP/1.1\r\nHost: a\r\n" + framing + size + new string('x', Length) + (size.Length > 0 ? "\r\n0\r\n\r\n" : ""));
        for (int i = 0; i < 100; i++)
        {
            Assert.InRange(Length - peer.UntakenCount, 0, read + Buffered);
            next.Release();
            await server.SettleAsync();
        }
        Assert.InRange(read, 1, 100_000);
        next.Release(Length); // the rest at once
        string text = "";
        while (!text.EndsWith("done", StringComparison.Ordinal))
            text += Encoding.ASCII.GetString(await peer.ReceiveAsync(1, server.Cancellation));
        Assert.Equal(Length, read);
    }
}
