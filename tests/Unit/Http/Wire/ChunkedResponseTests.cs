using System.Buffers;
using System.Runtime.CompilerServices;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class ChunkedResponseTests
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Write_UnknownLength_SendsChunksAndTheLastOne()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/a", async (_, response, _) =>
        {
            await response.WriteAsync("hello"u8.ToArray());
            await response.WriteAsync(ReadOnlyMemory<byte>.Empty); // an empty chunk would end the body
            await response.WriteAsync(new byte[16].AsMemory());
        }));
        string text = await server.ExchangeAsync(Get + Get);
        Assert.EndsWith(
            "Transfer-Encoding: chunked\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nServer: AsyncServer\r\n\r\n5\r\nhello\r\n10\r\n"
                + new string('\0', 16) + "\r\n0\r\n\r\n", text, StringComparison.Ordinal);
        Assert.Equal(2, WireResponse.ReadAll(text).Count);
    }

    [Fact]
    public async Task Write_LargePieces_ArriveWholeThroughASmallWindow()
    {
        await using var server = new WireServer(routes => routes.MapHandler("/a", async (_, response, _) =>
        {
            for (int i = 1; i <= 40; i++)
                await response.WriteAsync(Enumerable.Repeat((byte)('0' + (i % 10)), i * 1111).ToArray());
        }));
        var peer = server.Connect(capacity: 777);
        await server.SendAsync(peer, Get);
        peer.ShutdownSend();
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal(string.Concat(Enumerable.Range(1, 40).Select(i => new string((char)('0' + (i % 10)), i * 1111))), response.Body);
    }

    [Fact]
    public async Task Write_KnownLength_LargeBodyArrivesWholeThroughASmallWindow()
    {
        byte[] body = new byte[300_000];
        new Random(1).NextBytes(body);
        await using var server = new WireServer(routes => routes.Map("/a", (_, _) => Response.Bytes(body)));
        var peer = server.Connect(capacity: 5000);
        await server.SendAsync(peer, Get);
        peer.ShutdownSend();
        var response = Assert.Single(WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)));
        Assert.Equal(body, System.Text.Encoding.Latin1.GetBytes(response.Body));
    }

    [Fact]
    public async Task Flush_BeforeTheEnd_SendsWhatWasWritten()
    {
        var gate = new TaskCompletionSource();
        await using var server = new WireServer(routes => routes.MapHandler("/a", async (_, response, _) =>
        {
            await response.WriteAsync("one"u8.ToArray());
            await response.FlushAsync();
            await response.WriteAsync("two"u8.ToArray());
            await gate.Task;
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        Assert.EndsWith("3\r\none\r\n", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
        gate.SetResult();
        Assert.Equal("3\r\ntwo\r\n0\r\n\r\n", await server.ReceiveNowAsync(peer));
    }

    [Fact]
    public async Task Sequence_EachItem_IsSentBeforeTheNextIsAskedFor()
    {
        // PEP 3333
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        async IAsyncEnumerable<ReadOnlyMemory<byte>> Items([EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return "a"u8.ToArray();
            await gates[0].Task;
            yield return "b"u8.ToArray();
            await gates[1].Task;
        }
        await using var server = new WireServer(routes => routes.Map("/a", (_, _) => Response.Stream(Items(CancellationToken.None))));
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        Assert.EndsWith("1\r\na\r\n", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
        gates[0].SetResult();
        Assert.Equal("1\r\nb\r\n", await server.ReceiveNowAsync(peer));
        gates[1].SetResult();
        Assert.Equal("0\r\n\r\n", await server.ReceiveNowAsync(peer));
    }

    [Theory]
    [InlineData(6L, "Content-Length: 6")]
    [InlineData(null, "Transfer-Encoding: chunked")]
    public async Task Stream_IsSentAndDisposed(long? length, string framing)
    {
        var stream = new MemoryStream("stream"u8.ToArray());
        await using var server = new WireServer(routes => routes.Map("/a", (_, _) => Response.Stream(stream, length: length)));
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync(Get)));
        Assert.Equal("stream", response.Body);
        Assert.Contains(framing, response.Head, StringComparison.Ordinal);
        Assert.False(stream.CanRead);
    }

    [Fact]
    public async Task Echo_BodyAsResponseStream_GoesThrough()
    {
        await using var server = new WireServer(routes => routes.Map("/a", (request, _) => Response.Stream(request.Body)));
        string text = await server.ExchangeAsync(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" + Get);
        Assert.Equal(["abcde", ""], WireResponse.ReadAll(text).Select(response => response.Body));
    }

    [Fact]
    public async Task Stream_ReadUnderWayWhenTheClientGoes_ItsBufferIsNotUsedAgain()
    {
        var stream = new PendingStream();
        await using var server = new WireServer(routes => routes.Map("/a", (_, _) => Response.Stream(stream)));
        var peer = server.Connect(capacity: 100);
        await server.SendAsync(peer, Get);
        peer.Reset();
        await server.SettleAsync();
        await server.Hub.InvokeAsync(() =>
        {
            byte[] rented = ArrayPool<byte>.Shared.Rent(stream.Destination.Length);
            Assert.False(stream.Destination.Span.Overlaps(rented)); // the read would write into another's bytes
            ArrayPool<byte>.Shared.Return(rented);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task ContentType_GivenByTheApp_StandsAlone()
    {
        await using var server = new WireServer(routes =>
            routes.Map("/a", (_, _) => Response.Text("a,b").WithHeader("content-type", "text/csv")));
        Assert.Equal("text/csv", WireResponse.ReadAll(await server.ExchangeAsync(Get))[0]["Content-Type"]);
    }

    [Fact]
    public async Task SendFile_AfterChunks_IsRefusedAndNeverCorruptsTheFraming()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "0123456789", TestContext.Current.CancellationToken);
        try
        {
            await using var server = new WireServer(routes => routes.MapHandler("/a", async (request, response, _) =>
            {
                using var file = File.OpenHandle(path);
                if (request.QueryString == "late")
                    await response.WriteAsync("x"u8.ToArray());
                await response.SendFileAsync(file, 2, 5);
            }));
            var responses = WireResponse.ReadAll(await server.ExchangeAsync(Get + "GET /a?late HTTP/1.1\r\nHost: a\r\n\r\n"));
            Assert.Equal("23456", responses[0].Body);
            Assert.Equal(500, responses[1].Status);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Gives 1,000 bytes, then never anything.</summary>
    private sealed class PendingStream : MemoryStream
    {
        internal Memory<byte> Destination { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            bool isFirst = Destination.IsEmpty;
            Destination = buffer;
            return isFirst ? new ValueTask<int>(1000) : new ValueTask<int>(new TaskCompletionSource<int>().Task);
        }
    }
}
