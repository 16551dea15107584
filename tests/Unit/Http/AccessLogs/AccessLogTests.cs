using System.Globalization;
using System.Text.Json;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.AccessLogs;

public sealed class AccessLogTests : IDisposable
{
    private const string Now = "[20/Nov/2026:12:00:00 +0000]";

    private static readonly string[] TextKeys = ["remote", "method", "target", "protocol", "host", "referer", "userAgent", "traceparent"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-log-");

    private string File => Path.Combine(_folder.FullName, "access.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Combined_Request_IsTheLineThatApacheWrites()
    {
        await using var server = Create();
        await server.ExchangeAsync("GET /hello?x=1 HTTP/1.1\r\nHost: a\r\nReferer: http://r/\r\nUser-Agent: agent 7\r\n\r\n"
            + "HEAD /hello HTTP/1.0\r\n\r\n");
        Assert.Equal(
            [$"127.0.0.1 - - {Now} \"GET /hello?x=1 HTTP/1.1\" 200 5 \"http://r/\" \"agent 7\"",
                $"127.0.0.1 - - {Now} \"HEAD /hello HTTP/1.0\" 200 - \"-\" \"-\""],
            await LinesAsync(server));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", "\"GET / HTTP/1.1\" 400 12")]
    [InlineData("GET /\"\\ \r\n\r\n", "\"GET /\\\"\\\\ \" 400 12")]
    [InlineData("\x16\x03\x01\xff\x1b[31m", "\"\\x16\\x03\\x01\\xff\\x1b[31m\" 400 12")]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "\"GET /hello HTTP/1.1\" 413 18")]
    public async Task Combined_RefusedMessage_HasALineOfWhatCame(string message, string line)
    {
        await using var server = Create();
        await server.ExchangeAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" + message);
        string[] lines = await LinesAsync(server);
        Assert.Equal(2, lines.Length);
        Assert.Contains(line, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Combined_SlowHead_Is408()
    {
        await using var server = Create();
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /slow HTTP/1.1\r\nHo");
        for (int i = 0; i < 32; i++)
            await server.AdvanceAsync(TimeSpan.FromSeconds(1));
        peer.ShutdownSend();
        await server.ReceiveToEndAsync(peer);
        Assert.Contains("\"GET /slow HTTP/1.1\" 408 16", Assert.Single(await LinesAsync(server)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /slow HTTP/1.1\r\nHo", "head")]
    [InlineData("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n", "app")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "body")]
    [InlineData("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n", "send")]
    public async Task TimeIsUp_BothFormatsNameThePhase(string message, string phase)
    {
        foreach (string format in new[] { "json", "%(r)s|%(x)s" })
        {
            var never = new TaskCompletionSource();
            await using var server = Create(routes =>
            {
                routes.MapHandler("/hang", async (_, _, _) => await never.Task);
                routes.Map("/echo", EchoApp.Whole);
                routes.MapHandler("/endless", async (_, response, _) =>
                {
                    while (true)
                        await response.WriteAsync(new byte[1000]);
                });
            }, format);
            var peer = server.Connect(capacity: 600);
            await server.SendAsync(peer, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" + message);
            for (int i = 0; i < 301; i++)
                await server.AdvanceAsync(TimeSpan.FromSeconds(1));
            peer.ShutdownSend();
            string[] lines = (await LinesAsync(server))[^2..];
            await EndAsync(server, never);
            Assert.EndsWith(format == "json" ? "}" : "|-", lines[0], StringComparison.Ordinal);
            Assert.DoesNotContain("expired", lines[0], StringComparison.Ordinal);
            string end = format == "json" ? $",\"expired\":\"{phase}\"" : $"|{phase}";
            Assert.Contains(end, lines[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Combined_ValuesOfAClient_ForgeNoLineAndLeaveNoQuotes()
    {
        await using var server = Create(routes => routes.Map("/*", (_, _) => Response.Empty()));
        await server.ExchangeAsync("GET /%0d%0a1.2.3.4 HTTP/1.1\r\nHost: a\r\nUser-Agent: x\" 200 \"\\\t\xe9\r\n\r\n");
        Assert.EndsWith("\"GET /%0d%0a1.2.3.4 HTTP/1.1\" 204 - \"-\" \"x\\\" 200 \\\"\\\\\\x09\\xe9\"",
            Assert.Single(await LinesAsync(server)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Combined_AppThatNeverReturns_HasItsLineWhenItsDeadlineHasPassed()
    {
        var never = new TaskCompletionSource();
        await using var server = Create(routes => routes.MapHandler("/hang", async (_, _, _) => await never.Task),
            limits: new HttpLimits { RequestTimeout = TimeSpan.FromSeconds(2) });
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 4; i++)
            await server.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.True(peer.WasReset);
        string[] lines = await LinesAsync(server);
        await EndAsync(server, never);
        Assert.Contains("\"GET /hang HTTP/1.1\" 499 - ", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Combined_AppThatAStopCutsOff_HasItsLine()
    {
        var never = new TaskCompletionSource();
        await using var server = Create(routes => routes.MapHandler("/hang", async (_, _, _) => await never.Task));
        await server.SendAsync(server.Connect(), "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        string[] lines = await LinesAsync(server);
        await EndAsync(server, never);
        Assert.Contains("\"GET /hang HTTP/1.1\" 499 - ", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_AppThatFailsAfterItsHead_SaysWhatLeftAndThatItWasCut()
    {
        await using var server = Create(
            routes => routes.MapHandler("/fail", async (_, response, _) =>
            {
                await response.WriteAsync("half"u8.ToArray());
                await response.FlushAsync();
                await response.WriteAsync("never sent"u8.ToArray());
                throw new InvalidOperationException();
            }),
            format: "json");
        await server.ExchangeAsync("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n");
        var line = JsonDocument.Parse(Assert.Single(await LinesAsync(server))).RootElement;
        Assert.Equal(200, line.GetProperty("status").GetInt32());
        Assert.InRange(line.GetProperty("bytes").GetInt64(), 0, 4);
        Assert.True(line.GetProperty("cut").GetBoolean());
    }

    [Fact]
    public async Task Json_Request_HasEveryKeyAndTheIdThatTheClientIsTold()
    {
        await using var server = Create(format: "json");
        var response = WireResponse.Parse(await server.ExchangeAsync(
            "POST /hello?\"x\" HTTP/1.1\r\nHost: a:80\r\nUser-Agent: é\\\r\nReferer: r\r\ntraceparent: "
                + "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nContent-Length: 0\r\n\r\n"));
        string text = Assert.Single(await LinesAsync(server));
        var line = JsonDocument.Parse(text).RootElement;
        Assert.Equal("2026-11-20T12:00:00.000Z", line.GetProperty("time").GetString());
        Assert.Equal(response["X-Request-Id"], line.GetProperty("id").GetString());
        Assert.Equal(
            ["127.0.0.1", "POST", "/hello?\"x\"", "HTTP/1.1", "a:80", "r", "é\\",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
            TextKeys.Select(key => line.GetProperty(key).GetString()));
        Assert.Equal((200, 5, 0), (line.GetProperty("status").GetInt32(), line.GetProperty("bytes").GetInt32(),
            line.GetProperty("microseconds").GetInt32()));
        Assert.False(line.TryGetProperty("cut", out _));
    }

    [Fact]
    public async Task Json_FailedApp_HasTheIdOfTheAnswerAndOfTheServersLog()
    {
        await using var server = Create(
            routes => routes.Map("/fail", Response (request, _) => throw new InvalidOperationException(request.Id)), format: "json");
        var responses = WireResponse.ReadAll(
            await server.ExchangeAsync("GET /fail HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
        var ids = (await LinesAsync(server)).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString())
            .ToList();
        Assert.Equal(ids, responses.Select(static response => response["X-Request-Id"]));
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal($"Internal Server Error\nrequest {ids[0]}\n", responses[0].Body);
        Assert.Contains(server.Log.Lines, line => line.Exception?.Message == ids[0]
            && line.Text.Contains($"(request {ids[0]})", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RequestId_InTheCombinedLogOrSetByTheApp_IsNotAdded()
    {
        await using var combined = Create(format: "combined");
        Assert.DoesNotContain("X-Request-Id", await combined.ExchangeAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
            StringComparison.Ordinal);
        await using var server = Create(routes => routes.Map("/own", (_, _) => Response.Text("").WithHeader("x-request-id", "mine")),
            format: "json");
        Assert.Equal("mine", WireResponse.Parse(await server.ExchangeAsync("GET /own HTTP/1.1\r\nHost: a\r\n\r\n"))["X-Request-Id"]);
    }

    [Fact]
    public async Task Atoms_OfGunicorn_AreWritten()
    {
        await using var server = Create(
            routes => routes.Map("/x", async (_, cancellation) =>
            {
                await AsyncServer.Runtime.Coroutine.Sleep(TimeSpan.FromMilliseconds(1500), cancellation);
                return Response.Text("hello").WithHeader("X-App", "v");
            }),
            format: "%(h)s %(m)s %(U)s?%(q)s %(H)s %(s)s %(B)s %(T)s %(M)s %(D)d %(L)s %(p)s 100%% %({x-a}i)s %({X-App}o)s %({none}i)s");
        var peer = server.Connect();
        await server.SendAsync(peer, "GET /x?y=1 HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n");
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(750));
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(750));
        peer.ShutdownSend();
        await server.ReceiveToEndAsync(peer);
        Assert.Equal(
            $"127.0.0.1 GET /x?y=1 HTTP/1.1 200 5 1 1500 1500000 1.500000 <{Environment.ProcessId}> 100% b v -",
                Assert.Single(await LinesAsync(server)));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("%(z)s")]
    [InlineData("%h")]
    [InlineData("%(h")]
    [InlineData("%({a b}i)s")]
    [InlineData("%(h)s\n")]
    public void Format_ThatDoesNotExist_IsRefused(string format) =>
        Assert.Throws<ArgumentException>(() =>
            new HttpServerOptions { AccessLog = new AccessLogOptions { Path = "-", Format = format } }.Check());

    [Fact]
    public async Task FullDisk_RequestsGoOn_DropsAreCountedAndTheLogResumes()
    {
        System.IO.File.CreateSymbolicLink(File, "/dev/full");
        await using var server = Create();
        for (int i = 0; i < 3; i++)
            Assert.Contains(" 200 ", await server.ExchangeAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
        System.IO.File.Delete(File);
        server.Server.ReopenAccessLog();
        while (!System.IO.File.Exists(File))
            await Task.Yield(); // the writer's thread opens it
        await server.ExchangeAsync("GET /hello?later HTTP/1.1\r\nHost: a\r\n\r\n");
        string[] lines = await LinesAsync(server);
        Assert.Contains("GET /hello?later", Assert.Single(lines), StringComparison.Ordinal);
        var reports = server.Log.Lines.Where(static line => line.Id.Id == 30).ToList();
        Assert.All(reports, static line => Assert.EndsWith(" lines: No space left on device", line.Text, StringComparison.Ordinal));
        Assert.Equal(3,
            reports.Sum(line => int.Parse(line.Text[$"The access log {File} lost ".Length..].Split(' ')[0], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void MissingFolder_IsNamedWhenTheServerIsMade()
    {
        string path = Path.Combine(_folder.FullName, "none", "access.log");
        var failure = Assert.Throws<IOException>(() =>
            new HttpServer(new HttpServerOptions { AccessLog = new AccessLogOptions { Path = path } }));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    private WireServer Create(Action<RouteTable>? map = null, string format = "combined", HttpLimits? limits = null) =>
        new(map, limits, accessLog: new AccessLogOptions { Path = File, Format = format });

    private static async Task EndAsync(WireServer server, TaskCompletionSource app)
    {
        app.SetResult();
        while (server.Hub.CoroutineCount > 0)
            await Task.Yield(); // it ends on the thread pool, its hub being gone
    }

    private async Task<string[]> LinesAsync(WireServer server)
    {
        await server.StopAsync(TimeSpan.Zero);
        return await System.IO.File.ReadAllLinesAsync(File, server.Cancellation);
    }
}
