using AsyncServer.Http;
using AsyncServer.Unit.Support;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Http.Apps;

public sealed class EnvironTests
{
    private static async Task<T> ReadAsync<T>(string message, Func<Environ, T> read, WireServer? other = null)
    {
        T result = default!;
        await using var server = other ?? new WireServer(routes => routes.Map("/*", (environ, startResponse) =>
        {
            result = read(environ);
            startResponse("200 OK", []);
            return "ok";
        }));
        Assert.Equal("ok", WireResponse.Parse(await server.ExchangeAsync(message)).Body);
        return result;
    }

    [Fact]
    public async Task Environ_OfARequest_HasEveryKeyOfPep3333()
    {
        const string Message = "POST /a%20b/%E4%BD%A0?q=1&r=%20 HTTP/1.1\r\nHost: example.com:99\r\nContent-Type: "
            + "text/plain\r\nContent-Length: 3\r\n"
            + "Accept: a\r\nX-Two: 1\r\nX-Two: 2\r\nCookie: c=1\r\nCookie: d=2\r\nX_Forged: evil\r\n\r\nabc";
        var all = await ReadAsync(Message, environ => environ.ToDictionary(pair => pair.Key, pair => pair.Value));
        var texts = all.Where(pair => pair.Value is string).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal);
        Assert.Equal(
        [
            "CONTENT_LENGTH=3", "CONTENT_TYPE=text/plain", "GATEWAY_INTERFACE=CGI/1.1", "HTTP_ACCEPT=a", "HTTP_COOKIE=c=1; d=2",
                "HTTP_HOST=example.com:99",
            "HTTP_X_TWO=1, 2", "PATH_INFO=/a b/\u4f60", "QUERY_STRING=q=1&r=%20", "REMOTE_ADDR=127.0.0.1", "REMOTE_PORT=50000",
                "REQUEST_METHOD=POST",
            "REQUEST_URI=/a%20b/%E4%BD%A0?q=1&r=%20", "SCRIPT_NAME=", "SERVER_NAME=127.0.0.1", "SERVER_PORT=80", "SERVER_PROTOCOL=HTTP/1.1",
            "SERVER_SOFTWARE=AsyncServer", "wsgi.url_scheme=http",
        ], texts);
        Assert.Equal((1, 0), all["wsgi.version"]);
        Assert.Equal(true, all["wsgi.input_terminated"]);
        Assert.Equal(true, all["wsgi.multithread"]);
        Assert.Equal(false, all["wsgi.multiprocess"]);
        Assert.Equal(false, all["wsgi.run_once"]);
        Assert.IsAssignableFrom<Stream>(all["wsgi.input"]);
        Assert.IsAssignableFrom<TextWriter>(all["wsgi.errors"]);
        Assert.IsType<Func<Stream, int, Body>>(all["wsgi.file_wrapper"]);
        Assert.IsType<Func<IReadOnlyList<(string, string)>, ValueTask>>(all["wsgi.early_hints"]);
        Assert.IsType<CancellationToken>(all[Environ.CancellationKey]);
        Assert.Equal(19 + 10, all.Count);
    }

    [Fact]
    public async Task Keys_ThatAreAbsent_BehaveAsAbsent() =>
        Assert.True(await ReadAsync("GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\nX.Z: 2\r\n\r\n", environ =>
    {
        string[] absent = ["CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_X_Y", "HTTP_ACCEPT", "HTTP_host", "HTTP_",
            "nothing", ""];
        Assert.All(absent, key => Assert.False(environ.ContainsKey(key), key));
        Assert.All(absent, key => Assert.Throws<KeyNotFoundException>(() => environ[key]));
        Assert.Equal("2", environ["HTTP_X.Z"]);
        Assert.Null(environ.ContentType);
        Assert.Null(environ.ContentLength);
        Assert.Empty(environ.RouteValues);
        return true;
    }));

    [Fact]
    public async Task ContentHeaders_HaveTheirOwnKeysAlone() =>
        Assert.True(await ReadAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: t/x\r\nContent-Length: 0\r\n\r\n", environ =>
    {
        Assert.Equal("t/x", environ.ContentType);
        Assert.Equal(0, environ.ContentLength);
        Assert.False(environ.ContainsKey("HTTP_CONTENT_TYPE"));
        Assert.DoesNotContain("HTTP_CONTENT_LENGTH", environ.Keys);
        return true;
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_AreSeenByTheProperties_BeforeAndAfterAllWereAskedFor(bool all) =>
        Assert.True(await ReadAsync("GET /x?q HTTP/1.1\r\nHost: a\r\n\r\n", environ =>
    {
        if (all)
            Assert.NotEmpty(environ);
        environ["PATH_INFO"] = "/y";
        environ["my.key"] = null;
        environ["REMOTE_ADDR"] = "1.2.3.4";
        Assert.Equal("/y", environ.Path);
        Assert.Equal("1.2.3.4", environ.RemoteAddress);
        Assert.True(environ.ContainsKey("my.key"));
        Assert.Contains("my.key", environ.Keys);
        Assert.True(environ.Remove("HTTP_HOST"));
        Assert.False(environ.ContainsKey("HTTP_HOST"));
        Assert.Equal("/y", environ.Path);
        Assert.Equal("q", environ.QueryString);
        Assert.Throws<ArgumentException>(() => environ.Add("REQUEST_METHOD", "x"));
        environ.Clear();
        Assert.Empty(environ);
        Assert.Equal("", environ.Method);
        return true;
    }));

    [Fact]
    public async Task Writes_DoNotReachTheNextRequest()
    {
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            startResponse("200 OK", []);
            string seen = environ.ContainsKey("my.key") ? "seen" : "fresh";
            environ["my.key"] = 1;
            return seen;
        }));
        const string Get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
        Assert.Equal(["fresh", "fresh"], WireResponse.ReadAll(await server.ExchangeAsync(Get + Get)).Select(response => response.Body));
    }

    [Fact]
    public async Task Environ_KeptAfterItsRequest_ShowsNothingOfAnother()
    {
        Environ? kept = null;
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            kept = environ;
            startResponse("200 OK", []);
            return "ok";
        }));
        await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Throws<ObjectDisposedException>(() => kept!.Path);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")]
    public async Task Input_EndsWithTheBody(string rest)
    {
        await using var server = new WireServer(routes => routes.Map("/x", async (environ, startResponse) =>
        {
            using var reader = new StreamReader(environ.Input);
            string text = await reader.ReadToEndAsync(environ.CancellationToken);
            startResponse("200 OK", []);
            return $"{text} {environ.ContentLength}";
        }));
        string body = WireResponse.ReadAll(await server.ExchangeAsync("POST /x HTTP/1.1\r\nHost: a\r\n" + rest)).Single().Body;
        Assert.Equal(rest.StartsWith('C') ? "hello 5" : "hello ", body);
    }

    [Fact]
    public async Task Errors_BecomeLinesOfTheLog()
    {
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            environ.Errors.WriteLine("one");
            environ.Errors.Write("two\r\nthree");
            startResponse("200 OK", []);
            return "ok";
        }));
        await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(["GET /x: one", "GET /x: two", "GET /x: three"],
            server.Log.Lines.Where(line => line.Level == LogLevel.Error).Select(line => line.Text));
    }

    [Fact]
    public async Task Errors_OfAnIteratorOrBeforeAFailure_KeepTheirLastLine()
    {
        static IEnumerable<string> Iterate(Environ environ, StartResponse startResponse)
        {
            startResponse("200 OK", []);
            environ.Errors.Write("iterating");
            yield return "ok";
        }
        await using var server = new WireServer(routes =>
        {
            routes.Map("/x", Iterate);
            routes.Map("/fail", string (environ, _) =>
            {
                environ.Errors.Write("failing");
                throw new InvalidOperationException("fails");
            });
        });
        await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /fail HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(["GET /x: iterating", "GET /fail: failing"],
            server.Log.Lines.Where(line => line.Id.Id == 16).Select(line => line.Text));
    }

    [Fact]
    public async Task UnixSocket_HasNoAddress_AndEveryKeyNevertheless()
    {
        var folder = Directory.CreateTempSubdirectory("asyncserver-environ-");
        string path = Path.Combine(folder.FullName, "s");
        await using (var server = new HttpServer(
            new HttpServerOptions { EndPoints = [new System.Net.Sockets.UnixDomainSocketEndPoint(path)], Hubs = 1 }))
        {
            server.Routes.Map("/x", (environ, startResponse) =>
            {
                startResponse("200 OK", []);
                return $"{environ["SERVER_NAME"]} {environ["SERVER_PORT"]} [{environ["REMOTE_ADDR"]}] [{environ["REMOTE_PORT"]}]";
            });
            await server.StartAsync();
            using var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream,
                        System.Net.Sockets.ProtocolType.Unspecified);
                    await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), cancellation);
                    return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
                },
            };
            using var client = new HttpClient(handler);
            Assert.Equal("localhost 80 [] []", await client.GetStringAsync(new Uri("http://a/x"), TestContext.Current.CancellationToken));
        }
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.1", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n")]
    [InlineData("1.0", "HTTP/1.1 200 OK\r\n")]
    public async Task EarlyHints_LeaveBeforeTheResponse(string version, string begin)
    {
        await using var server = new WireServer(routes => routes.Map("/x", async (environ, startResponse) =>
        {
            await environ.SendEarlyHintsAsync([("Link", "</a.css>; rel=preload")]);
            startResponse("200 OK", []);
            return "ok";
        }));
        string text = await server.ExchangeAsync($"GET /x HTTP/{version}\r\nHost: a\r\n\r\n");
        Assert.StartsWith(begin, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerNameAndPort_AreTheListeners_WhateverHostSays()
    {
        await using var server = new HttpServer(
            new HttpServerOptions { EndPoints = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)], Hubs = 1 });
        server.Routes.Map("/x", (environ, startResponse) =>
        {
            startResponse("200 OK", []);
            return $"{environ["SERVER_NAME"]} {environ["SERVER_PORT"]} {environ.RemoteAddress} "
                + $"{environ["REMOTE_PORT"] is string { Length: > 0 }}";
        });
        await server.StartAsync();
        int port = ((System.Net.IPEndPoint)server.EndPoints[0]).Port;
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Host = "evil.example:1";
        Assert.Equal($"127.0.0.1 {port} 127.0.0.1 True",
            await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/x"), TestContext.Current.CancellationToken));
    }
}
