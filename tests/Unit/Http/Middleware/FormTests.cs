using System.Globalization;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Middleware;

public sealed class FormTests : IDisposable
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=xyz";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-form-");

    public void Dispose() => _folder.Delete(recursive: true);

    private FormOptions Options => new() { TemporaryFolder = _folder.FullName };

    private static string Part(string disposition, string content, string more = "") =>
        $"--xyz\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n{content}\r\n";

    private static string Request(string type, string body, string version = "1.1") =>
        $"POST /form HTTP/{version}\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private WireServer Serve(FormOptions? options = null, Action<Form>? see = null, HttpLimits? limits = null) => new(
        routes => routes.Map("/form", async (environ, startResponse) =>
        {
            var form = await environ.ReadFormAsync(options ?? Options);
            see?.Invoke(form);
            startResponse("200 OK", []);
            var text = new StringBuilder();
            foreach (var (name, value) in form.Fields)
                text.Append(CultureInfo.InvariantCulture, $"{name}={value}\n");
            foreach (var file in form.Files)
            {
                using var reader = new StreamReader(file.OpenRead());
                text.Append(CultureInfo.InvariantCulture,
                    $"{file.Name}:{file.FileName}:{file.ContentType}:{file.Length}:{await reader.ReadToEndAsync()}\n");
            }
            return text.ToString();
        }), limits);

    private async Task<WireResponse> SendAsync(string type, string body, FormOptions? options = null)
    {
        await using var server = Serve(options);
        var response = WireResponse.ReadAll(await server.ExchangeAsync(Request(type, body))).Single();
        return response with { Body = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(response.Body)) };
    }

    private static string Wire(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("a=1&b=2&a=3", "a=1\nb=2\na=3\n")]
    [InlineData("a=x+y%20z%26&%E4%BD%A0=%E5%A5%BD&c=&d", "a=x y z&\n\u4f60=\u597d\nc=\nd=\n")]
    [InlineData("a=%zz&_charset_=latin1", "a=%zz\n_charset_=latin1\n")]
    [InlineData("a&b=1&&=c&?d=e=f", "a=\nb=1\n=c\n?d=e=f\n")]
    [InlineData("?a=1", "?a=1\n")]
    [InlineData("", "")]
    public async Task UrlEncoded_Fields_KeepTheirOrder(string body, string expected)
    {
        var response = await SendAsync(UrlEncoded + "; charset=UTF-8", body);
        Assert.Equal((200, expected), (response.Status, response.Body));
    }

    [Fact]
    public async Task Multipart_FieldsAndFiles_ComeWholeAndInOrder()
    {
        string body = Wire(Part("name=\"a\"", "1") + Part("name=\"\u4f60\"", "\u597d", "Content-Type: text/plain; charset=utf-8\r\n")
            + Part("name=\"f\"; filename=\"../../\u4f60.txt\"", "con\r\ntent", "Content-Type: text/x\r\n") + Part("name=\"a\"",
                "") + Part("name=\"g\"; filename=\"\"", "", "Content-Type: application/octet-stream\r\n")
            + Part("name=h; filename=\"x\"; filename*=UTF-8''y", "--xy") + "--xyz--\r\n");
        var response = await SendAsync(Multipart, body);
        Assert.Equal("a=1\n\u4f60=\u597d\na=\nf:../../\u4f60.txt:text/x:9:con\r\ntent\nh:x:application/octet-stream:4:--xy\n",
            response.Body);
    }

    // WHATWG HTML: browsers write these three in names, and nothing else, as percent triplets.
    [Theory]
    [InlineData("name=\"a%22b\"", "a\"b=1\n")]
    [InlineData("name=\"a%0D%0Ab\"", "a\r\nb=1\n")]
    [InlineData("name=\"a%0d%0ab%25\"", "a\r\nb%25=1\n")]
    [InlineData("name=f; filename=\"a%22b%.txt\"", "f:a\"b%.txt:application/octet-stream:1:1\n")]
    [InlineData("name=f; filename*=UTF-8''%E4%BD%A0.txt", "f:\u4f60.txt:application/octet-stream:1:1\n")]
    public async Task Multipart_NamesAsBrowsersWriteThem_AreRead(string parameters, string expected)
    {
        var response = await SendAsync(Multipart, Wire(Part(parameters, "1") + "--xyz--\r\n"));
        Assert.Equal((200, expected), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("utf8")]
    [InlineData("\"UTF8\"")]
    [InlineData("Utf-8")]
    public async Task Form_InUtf8ByAnyOfItsNames_IsRead(string charset)
    {
        var response = await SendAsync($"{UrlEncoded}; charset={charset}", "a=%E4%BD%A0");
        Assert.Equal((200, "a=\u4f60\n"), (response.Status, response.Body));
    }

    [Fact]
    public async Task Multipart_ByteByByteAndChunked_IsTheSame()
    {
        string body = Part("name=\"a\"", "1") + Part("name=\"f\"; filename=\"n\"", "\r\n--xy\r\n--xyy") + "--xyz--";
        await using var server = Serve();
        var peer = server.Connect();
        string head = $"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: {Multipart}\r\nTransfer-Encoding: chunked\r\n\r\n";
        foreach (char c in head + string.Concat(body.Select(static c => $"1\r\n{c}\r\n")) + "0\r\n\r\n")
            await server.SendAsync(peer, c.ToString());
        peer.ShutdownSend();
        Assert.Equal("a=1\nf:n:application/octet-stream:13:\r\n--xy\r\n--xyy\n",
            WireResponse.ReadAll(await server.ReceiveToEndAsync(peer)).Single().Body);
    }

    [Fact]
    public async Task Form_OfAnHttp10Client_IsRead()
    {
        await using var server = Serve();
        Assert.EndsWith("\r\n\r\na=1\n", await server.ExchangeAsync(Request(UrlEncoded, "a=1", "1.0")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "a=1", 415)]
    [InlineData("nonsense", "a=1", 415)]
    [InlineData("multipart/mixed; boundary=xyz", "--xyz--", 415)]
    [InlineData("application/x-www-form-urlencoded; charset=latin1", "a=1", 415)]
    [InlineData(UrlEncoded, "a=\u00e4", 400)]
    [InlineData("multipart/form-data", "--xyz--", 400)]
    [InlineData("multipart/form-data; boundary=\"\"", "--xyz--", 400)]
    [InlineData("multipart/form-data; boundary=12345678901234567890123456789012345678901234567890123456789012345678901", "", 400)]
    [InlineData(Multipart, "", 400)]
    [InlineData(Multipart, "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n1", 400)]
    [InlineData(Multipart, "--xyz\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n1", 400)]
    [InlineData(Multipart, "--xyz\r\nno colon\r\n\r\n1\r\n--xyz--", 400)]
    [InlineData(Multipart, "--xyz\r\nContent-Type: text/plain\r\n\r\n1\r\n--xyz--", 400)]
    [InlineData(Multipart, "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xyz--", 400)]
    [InlineData(Multipart, "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\u00e4\r\n--xyz--", 400)]
    [InlineData(Multipart, "--xyz\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=gbk\r\n\r\n1\r\n--xyz--",
        415)]
    public async Task Form_ThatCannotBeRead_IsRefused(string type, string body, int status) =>
        Assert.Equal(status, (await SendAsync(type, body)).Status);

    [Fact]
    public async Task Form_WithoutContentType_Is415()
    {
        await using var server = Serve();
        Assert.StartsWith("HTTP/1.1 415 ", await server.ExchangeAsync("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Lines, static line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    public static TheoryData<FormOptions, string, string, int> Limits => new()
    {
        { new() { MaxSize = 3 }, UrlEncoded, "a=12", 413 },
        { new() { MaxSize = 4 }, UrlEncoded, "a=12", 200 },
        { new() { MaxFieldsSize = 3 }, UrlEncoded, "a=12", 413 },
        { new() { MaxCount = 1 }, UrlEncoded, "a=1&b=2", 413 },
        { new() { MaxSize = 60 }, Multipart, Part("name=a", new string('x', 60)) + "--xyz--", 413 },
        { new() { MaxFieldsSize = 60 }, Multipart, Part("name=a", new string('x', 59)) + "--xyz--", 200 },
        { new() { MaxFieldsSize = 60 }, Multipart, Part("name=a", new string('x', 60)) + "--xyz--", 413 },
        { new() { MaxFieldsSize = 60 }, Multipart, Part("name=a; filename=b", new string('x', 61)) + "--xyz--", 200 },
        { new() { MaxFileSize = 60 }, Multipart, Part("name=a; filename=b", new string('x', 61)) + "--xyz--", 413 },
        { new() { MaxCount = 1 }, Multipart, Part("name=a", "") + Part("name=b; filename=c", "") + "--xyz--", 413 },
        { new() { MaxPartHeadersSize = 100 }, Multipart, Part("name=a", "", $"X: {new string('x', 100)}\r\n") + "--xyz--", 400 },
    };

    [Theory]
    [MemberData(nameof(Limits), DisableDiscoveryEnumeration = true)]
    public async Task Form_BeyondALimit_IsRefused(FormOptions options, string type, string body, int status) =>
        Assert.Equal(status, (await SendAsync(type, body, options)).Status);

    [Fact]
    public async Task Form_BeyondTheServersLimit_Is413()
    {
        await using var server = Serve(limits: new HttpLimits { MaxRequestBodySize = 10 });
        Assert.StartsWith("HTTP/1.1 413 ",
            await server.ExchangeAsync(
            $"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: {UrlEncoded}\r\nTransfer-Encoding: "
            + $"chunked\r\n\r\n14\r\na={new string('x', 18)}\r\n0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_ThatIsTooLarge_IsRefusedBeforeTheClientIsToldToGoOn()
    {
        await using var server = Serve(new FormOptions { MaxSize = 10 });
        string answer = await server.ExchangeAsync(
            $"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: {UrlEncoded}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadForm_AskedForTwice_GivesTheSame()
    {
        bool same = false;
        await using var server = new WireServer(routes => routes.Map("/form", async (environ, startResponse) =>
        {
            same = ReferenceEquals(await environ.ReadFormAsync(), await environ.ReadFormAsync());
            startResponse("200 OK", []);
            return "";
        }));
        await server.ExchangeAsync(Request(UrlEncoded, "a=1"));
        Assert.True(same);
    }

    [Fact]
    public async Task File_BeyondTheMemoryLimit_IsOnDiskReadableTwiceAndGoneAfterwards()
    {
        string content = string.Concat(Enumerable.Range(0, 40_000).Select(static number => $"{number:00000}"));
        FormFile? kept = null;
        int descriptors = 0;
        await using (var server = Serve(see: form =>
        {
            kept = form.File("f");
            Assert.False(kept!.Content.IsInMemory);
            Assert.True(form.File("small")!.Content.IsInMemory);
            using var first = kept.OpenRead();
            using var second = kept.OpenRead();
            second.Position = 5;
            Assert.Equal("00000", Read(first));
            Assert.Equal("00001", Read(second));
            descriptors = Deleted();
        }))
        {
            var response = WireResponse.ReadAll(
                await server.ExchangeAsync(
                Request(Multipart, Part("name=small; filename=s", "1") + Part("name=f; filename=n", content) + "--xyz--"))).Single();
            Assert.EndsWith(content + "\n", response.Body, StringComparison.Ordinal);
            await server.SettleAsync();
        }
        Assert.Equal(1, descriptors);
        AssertNothingIsLeft();
        Assert.Throws<ObjectDisposedException>(() => kept!.OpenRead());

        static string Read(Stream stream)
        {
            var bytes = new byte[5];
            stream.ReadExactly(bytes);
            return Encoding.ASCII.GetString(bytes);
        }
    }

    public enum Ending { AppFails, ClientGone, ClientGoneWhileAppWorks, Malformed }

    [Theory]
    [InlineData(Ending.AppFails)]
    [InlineData(Ending.ClientGone)]
    [InlineData(Ending.ClientGoneWhileAppWorks)]
    [InlineData(Ending.Malformed)]
    public async Task File_HoweverTheRequestEnds_IsGone(Ending ending)
    {
        string body = Part("name=f; filename=n", new string('x', 200_000)) + "--xyz--";
        FormFile? kept = null;
        await using (var server = new WireServer(routes => routes.Map("/form", async (environ, startResponse) =>
        {
            var form = await environ.ReadFormAsync(Options);
            kept = form.Files[0];
            if (ending == Ending.ClientGoneWhileAppWorks)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, environ.CancellationToken);
            return kept.Length > 0 ? throw new InvalidOperationException("fails") : "";
        })))
        {
            var peer = server.Connect();
            string text = Request(Multipart, body);
            if (ending == Ending.ClientGone)
                text = text[..150_000];
            if (ending == Ending.Malformed)
                text = text.Replace("\r\n--xyz--", "\r\n--xyz..", StringComparison.Ordinal);
            await server.SendAsync(peer, text);
            if (ending is Ending.ClientGoneWhileAppWorks)
                await Until.TrueAsync(() => kept is not null, "the form was read");
            if (ending is Ending.ClientGone or Ending.ClientGoneWhileAppWorks)
                peer.Reset();
            else
                peer.ShutdownSend();
            string answer = await server.ReceiveToEndAsync(peer);
            if (ending is Ending.AppFails or Ending.Malformed)
                Assert.StartsWith(ending == Ending.AppFails ? "HTTP/1.1 500 " : "HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            await Until.TrueAsync(() => server.Hub.CoroutineCount == 0, "the request ended");
        }
        AssertNothingIsLeft();
        if (kept is not null)
            Assert.Throws<ObjectDisposedException>(() => kept.OpenRead());
    }

    [Theory]
    [InlineData("a.txt", "a.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\x\\\u4f60 \u597d.png", "\u4f60 \u597d.png")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("a<b>\"|?*:\u202e\n.txt", "ab.txt")]
    [InlineData("..", "file")]
    [InlineData("x/", "file")]
    [InlineData("\u00e9 (1)_-. ", "\u00e9 (1)_-")]
    [InlineData("a.verylongextensionofall", "a.verylongextensionofall")]
    public void SafeFileName_OfAnything_IsNoPath(string name, string expected) =>
        Assert.Equal(expected, new FormFile("f", name, "", new FormFileContent(0, "")).SafeFileName);

    [Theory]
    [InlineData("\u6587", 100, ".pdf", 83)] // three bytes each
    [InlineData("a", 300, ".jpeg", 250)]
    [InlineData("\U0001d4d0", 80, ".txt", 62)] // four bytes each, two characters of .NET
    [InlineData("b", 300, "", 255)]
    public void SafeFileName_OfALongName_FitsIntoAFolderAndKeepsItsExtension(string letter, int count, string extension, int left)
    {
        string name = string.Concat(Enumerable.Repeat(letter, count)) + extension;
        string expected = string.Concat(Enumerable.Repeat(letter, left)) + extension;
        string safe = new FormFile("f", name, "", new FormFileContent(0, "")).SafeFileName;
        Assert.Equal(expected, safe);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(safe), 250, 255);
    }

    [Fact]
    public async Task SaveAsync_OverAFileThatIsThere_Fails()
    {
        string path = Path.Combine(_folder.FullName, "saved");
        var content = new FormFileContent(10, _folder.FullName);
        await content.WriteAsync("12345"u8.ToArray());
        var file = new FormFile("f", "n", "", content);
        await file.SaveAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal("12345", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<IOException>(() => file.SaveAsync(path, TestContext.Current.CancellationToken));
        content.Dispose();
    }

    [Fact]
    public async Task DisposeAtEnd_OfSeveralOfWhichOneFails_DisposesAllInReverse()
    {
        var order = new List<int>();
        await using var server = new WireServer(routes => routes.Map("/x", (environ, startResponse) =>
        {
            foreach (int number in (int[])[1, 2, 3])
                environ.DisposeAtEnd(new Closing(() => order.Add(number), fails: number == 2));
            startResponse("200 OK", []);
            return "body";
        }));
        await server.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal([3, 2, 1], order);
    }

    private sealed class Closing(Action close, bool fails) : IDisposable
    {
        public void Dispose()
        {
            close();
            if (fails)
                throw new InvalidOperationException("fails");
        }
    }

    private int Deleted() => Directory.GetFiles("/proc/self/fd")
        .Count(link => new FileInfo(link).LinkTarget?.StartsWith(_folder.FullName, StringComparison.Ordinal) == true);

    private void AssertNothingIsLeft()
    {
        Assert.Empty(_folder.GetFiles());
        Assert.Equal(0, Deleted());
    }
}
