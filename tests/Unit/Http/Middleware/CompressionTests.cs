using System.IO.Compression;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Middleware;

public sealed class CompressionTests
{
    private const string Long = "a line that comes again and again\n";

    private static readonly string Text = string.Concat(Enumerable.Repeat(Long, 100));

    private static async Task<WireResponse> SendAsync(
        Func<Body> body, string? accept = "gzip", (string, string)[]? headers = null, string method = "GET", string status = "200 OK",
            string version = "1.1", CompressionOptions? options = null)
    {
        await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(Applications.From((_, startResponse) =>
        {
            startResponse(status, headers ?? [("Content-Type", "text/plain")]);
            return body();
        }), options)));
        string line = accept is null ? "" : $"Accept-Encoding: {accept}\r\n";
        return WireResponse.ReadAll(await server.ExchangeAsync($"{method} /x HTTP/{version}\r\nHost: a\r\n{line}\r\n"), method).Single();
    }

    private static string Decode(WireResponse response)
    {
        var encoded = new MemoryStream(Encoding.Latin1.GetBytes(response.Body));
        using var stream = response["Content-Encoding"] switch
        {
            "gzip" => new GZipStream(encoded, CompressionMode.Decompress),
            "br" => new BrotliStream(encoded, CompressionMode.Decompress),
            _ => (Stream)encoded,
        };
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("GZIP;q=1, br;q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("zstd, deflate", null)]
    [InlineData("gzip;q=nonsense", null)]
    public async Task Coding_ByAcceptEncoding_IsTheMostWelcome(string? accept, string? coding)
    {
        var response = await SendAsync(() => Text, accept);
        Assert.Equal((coding, "Accept-Encoding"), (response["Content-Encoding"], response["Vary"]));
        Assert.Equal(Text, Decode(response));
        Assert.NotNull(response["Content-Length"]);
        Assert.Equal(coding is not null, response.Body.Length < Text.Length / 10);
    }

    [Fact]
    public async Task Body_OfEveryShape_IsTheSameBehindTheCoding()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Text);
        string large = string.Concat(Enumerable.Repeat(Text, 100));
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, Text, TestContext.Current.CancellationToken);
        (Func<Body>, string)[] bodies =
        [
            (() => Text, Text), (() => bytes, Text), (() => (ReadOnlyMemory<byte>)bytes, Text), (() => new MemoryStream(bytes), Text),
                (() => new FileInfo(path), Text),
            (() => Body.From([Text, "", Text]), Text + Text), (() => Body.From(Lazy(Text, "", Text)), Text + Text), (() => large, large),
                (() => new MemoryStream(Encoding.UTF8.GetBytes(large)), large),
            (() => Body.From(Lazy()), ""),
        ];
        foreach (var (body, expected) in bodies)
        {
            foreach (string version in (string[])["1.1", "1.0"])
            {
                var response = await SendAsync(body, "br", version: version);
                Assert.Equal("br", response["Content-Encoding"]);
                Assert.Equal(expected, Decode(response));
            }
        }
        File.Delete(path);
    }

    private static IEnumerable<string> Lazy(params string[] items)
    {
        foreach (string item in items)
            yield return item;
    }

    public static TheoryData<string, (string, string)[]> Untouched => new()
    {
        { "200 OK", [("Content-Type", "image/png")] },
        { "200 OK", [("Content-Type", "application/zip")] },
        { "200 OK", [("Content-Type", "font/woff2")] },
        { "200 OK", [("Content-Type", "text/event-stream")] },
        { "200 OK", [] },
        { "200 OK", [("Content-Type", "text/plain"), ("Content-Encoding", "zstd")] },
        { "200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "public, no-transform")] },
        { "200 OK", [("Content-Type", "text/plain"), ("Repr-Digest", "sha-256=:AA==:")] },
        { "206 Partial Content", [("Content-Type", "text/plain"), ("Content-Range", "bytes 0-3399/9999")] },
        { "416 Range Not Satisfiable", [("Content-Type", "text/plain"), ("Content-Range", "bytes */9999")] },
    };

    [Theory]
    [MemberData(nameof(Untouched), DisableDiscoveryEnumeration = true)]
    public async Task Response_ThatIsNotToBeCompressed_IsLeftAlone(string status, (string, string)[] headers)
    {
        var response = await SendAsync(() => Text, headers: [.. headers, ("ETag", "\"x\""), ("Accept-Ranges", "bytes")], status: status);
        Assert.Equal(headers.FirstOrDefault(static header => header.Item1 == "Content-Encoding").Item2, response["Content-Encoding"]);
        Assert.Equal((null, "\"x\"", "bytes", "3400"),
            (response["Vary"], response["ETag"], response["Accept-Ranges"], response["Content-Length"]));
        Assert.Equal(Text, response.Body);
    }

    [Theory]
    [InlineData("application/problem+json", true)]
    [InlineData("Text/HTML; charset=utf-8", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("application/octet-stream", false)]
    public async Task Type_InAnyForm_DecidesByTheList(string type, bool compressed) =>
        Assert.Equal(compressed ? "gzip" : null, (await SendAsync(() => Text, headers: [("content-type", type)]))["Content-Encoding"]);

    [Fact]
    public async Task Body_KnownToBeSmall_IsNotCompressedButVaries()
    {
        var response = await SendAsync(() => "small", headers: [("Content-Type", "text/plain"), ("ETag", "\"x\"")]);
        Assert.Equal((null, "Accept-Encoding", "\"x\"", "5"),
            (response["Content-Encoding"], response["Vary"], response["ETag"], response["Content-Length"]));
        response = await SendAsync(() => "small", options: new CompressionOptions { MinSize = 5 });
        Assert.Equal("gzip", response["Content-Encoding"]);
        response = await SendAsync(() => Body.From(Lazy("small")), headers: [("Content-Type", "text/plain"), ("Content-Length", "5")]);
        Assert.Equal((null, "small"), (response["Content-Encoding"], response.Body));
    }

    [Fact]
    public async Task Headers_OfACompressedResponse_SayWhatItIs()
    {
        var response = await SendAsync(() => Body.From(Lazy(Text)),
            headers: [("Content-Type", "text/plain"), ("Content-Length", "3400"), ("ETag", "\"x\""), ("Accept-Ranges", "bytes"),
                ("vary", "accept-encoding, Cookie")]);
        Assert.Equal(("gzip", "W/\"x\"", null, null, "chunked"),
            (response["Content-Encoding"], response["ETag"], response["Accept-Ranges"], response["Content-Length"],
                response["Transfer-Encoding"]));
        Assert.Equal("accept-encoding, Cookie", response["Vary"]);
        Assert.Equal("W/\"x\"", (await SendAsync(() => Text, headers: [("Content-Type", "text/plain"), ("ETag", "W/\"x\"")]))["ETag"]);
    }

    [Theory]
    [InlineData("HEAD", "200 OK", "gzip")]
    [InlineData("GET", "304 Not Modified", null)]
    [InlineData("GET", "204 No Content", null)]
    public async Task Response_WithoutABody_HasNone(string method, string status, string? coding)
    {
        foreach (Func<Body> body in (Func<Body>[])[() => Text, () => Body.From(Lazy(Text, Text)), () => default])
        {
            var response = await SendAsync(body, headers: [("Content-Type", "text/plain"), ("Content-Length", "9999")], method: method,
                status: status);
            Assert.Equal(("", coding), (response.Body, response["Content-Encoding"]));
            Assert.Equal(status.StartsWith("204", StringComparison.Ordinal) ? null : "Accept-Encoding", response["Vary"]);
            Assert.Equal(coding is null, status.StartsWith("304", StringComparison.Ordinal) ? response["Content-Length"] == "9999"
                : response["Content-Length"] is null && coding is null);
        }
    }

    // A cache that keeps the compressed 200 under W/"x" did not find it by a 304 that said "x".
    [Theory]
    [InlineData("W/\"x\"", "W/\"x\"")]
    [InlineData("\"y\", W/\"x\"", "W/\"x\"")]
    [InlineData("\"x\"", "\"x\"")]
    public async Task NotModified_ForTheTagOfACompressedResponse_HasThatTag(string known, string expected)
    {
        await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(Applications.From((_, startResponse) =>
        {
            startResponse("304 Not Modified", [("ETag", "\"x\"")]);
            return "";
        }))));
        var response = WireResponse.ReadAll(
            await server.ExchangeAsync($"GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: {known}\r\n\r\n")).Single();
        Assert.Equal((304, expected, "Accept-Encoding"), (response.Status, response["ETag"], response["Vary"]));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br", true)]
    [InlineData("gzip", false)]
    public async Task Sequence_EachPiece_CanBeDecodedWhenItIsSent(string accept, bool startsInside)
    {
        var gate = new SemaphoreSlim(0);
        await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(Applications.From((environ, startResponse) =>
        {
            if (!startsInside)
                startResponse("200 OK", [("Content-Type", "text/plain")]);
            return Body.From(CountAsync(startResponse));
        }))));

        async IAsyncEnumerable<string> CountAsync(StartResponse startResponse)
        {
            if (startsInside)
                startResponse("200 OK", [("Content-Type", "text/plain")]);
            for (int number = 1; number <= 3; number++)
            {
                await gate.WaitAsync();
                yield return $"piece {number},";
            }
        }

        var peer = server.Connect();
        await server.SendAsync(peer, $"GET /x HTTP/1.0\r\nHost: a\r\nAccept-Encoding: {accept}\r\n\r\n");
        string all = "";
        for (int number = 1; number <= 3; number++)
        {
            gate.Release();
            await server.SettleAsync();
            all += await server.ReceiveNowAsync(peer);
            var response = WireResponse.Parse(all);
            using var decoder = Decoder(response);
            var bytes = new byte[100];
            int count = 0;
            string expected = string.Concat(Enumerable.Range(1, number).Select(static number => $"piece {number},"));
            while (count < expected.Length)
                count += decoder.Read(bytes, count, 1);
            Assert.Equal(expected, Encoding.ASCII.GetString(bytes, 0, count));
        }
        all += await server.ReceiveToEndAsync(peer);
        Assert.Equal("piece 1,piece 2,piece 3,", Decode(WireResponse.Parse(all)));
    }

    private static Stream Decoder(WireResponse response)
    {
        var encoded = new MemoryStream(Encoding.Latin1.GetBytes(response.Body));
        return response["Content-Encoding"] == "br" ? new BrotliStream(encoded, CompressionMode.Decompress)
            : new GZipStream(encoded, CompressionMode.Decompress);
    }

    [Fact]
    public async Task Write_IsCompressedAndTheBodyFollows()
    {
        await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(async (_, startResponse) =>
        {
            var write = startResponse("200 OK", [("Content-Type", "text/plain")]);
            await write("first, "u8.ToArray());
            return "then the rest";
        })));
        var response = WireResponse.ReadAll(await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"))
            .Single();
        Assert.Equal(("gzip", "first, then the rest"), (response["Content-Encoding"], Decode(response)));
    }

    [Theory]
    [InlineData("3399")]
    [InlineData("3401")]
    public async Task ContentLength_ThatIsNotTrue_IsAnErrorAndNoWholeAnswer(string length)
    {
        await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(Applications.From((_, startResponse) =>
        {
            startResponse("200 OK", [("Content-Type", "text/plain"), ("Content-Length", length)]);
            return Body.From(Lazy(Text));
        }))));
        string answer = await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
        Assert.False(answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal));
        Assert.Contains(server.Log.Lines, static line =>
            line.Exception?.Message.Contains("Content-Length", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("GET", "gzip", "Content-Type")]
    [InlineData("GET", "identity", "Content-Type")]
    [InlineData("HEAD", "gzip", "Content-Type")]
    [InlineData("GET", "gzip", "X")]
    [InlineData("GET", "gzip", null)]
    public async Task Body_InEveryPath_IsDisposedOnce(string method, string accept, string? header)
    {
        foreach (bool seekable in (bool[])[true, false])
        {
            var stream = new Watched(Encoding.UTF8.GetBytes(Text), seekable);
            await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(Applications.From((_, startResponse) =>
            {
                if (header is not null)
                    startResponse("200 OK", [(header, "text/plain")]);
                return (Stream)stream;
            }))));
            await server.ExchangeAsync($"{method} /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {accept}\r\n\r\n");
            Assert.Equal(1, stream.Disposed);
        }
    }

    [Fact]
    public async Task Body_WhoseClientHasGone_IsDisposedOnce()
    {
        int closed = 0;
        IEnumerable<byte[]> Endless()
        {
            try
            {
                while (true)
                    yield return Guid.NewGuid().ToByteArray();
            }
            finally
            {
                closed++;
            }
        }
        await using var server = new WireServer(routes => routes.Map("/x", Compression.Wrap(Applications.From((_, startResponse) =>
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            return Body.From(Endless());
        }))));
        var peer = server.Connect(capacity: 1000);
        await server.SendAsync(peer, "GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");
        peer.Reset();
        await server.SettleAsync();
        Assert.Equal(1, closed);
    }

    [Fact]
    public async Task Compression_AroundSessions_GivesBoth()
    {
        await using var server = new WireServer(routes =>
            routes.Map("/x", Compression.Wrap(Sessions.Wrap(Applications.From((environ, startResponse) =>
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            environ.Session["a"] = "1";
            return Text;
        })))));
        string answer = await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
        Assert.Contains("\r\nVary: Cookie\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nVary: Accept-Encoding\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nSet-Cookie: session=", answer, StringComparison.Ordinal);
        Assert.Equal(Text, Decode(WireResponse.ReadAll(answer).Single()));
    }

    private sealed class Watched(byte[] content, bool seekable) : MemoryStream(content)
    {
        internal int Disposed { get; private set; }

        public override bool CanSeek => seekable;

        protected override void Dispose(bool disposing)
        {
            Disposed++;
            base.Dispose(disposing);
        }
    }
}
