using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Http.Middleware;

/// <summary>The sample modules that show forms and events, run by the program.</summary>
public sealed class SampleModuleTests : IDisposable
{
    // A compilation takes seconds on a busy machine.
    private const int Timeout = 2 * ServerProgram.Timeout;

    private readonly DirectoryInfo _web = Directory.CreateTempSubdirectory("asyncserver-web-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _web.Delete(recursive: true);

    private async Task<(ServerProgram, HttpClient)> StartAsync(string module)
    {
        File.Copy(Path.Combine(ServerProgram.RepositoryRoot, "web", module), Path.Combine(_web.FullName, module));
        var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--hubs", "1", "--web", _web.FullName, "--root",
            Path.Combine(ServerProgram.RepositoryRoot, "html"));
        return (program, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") });
    }

    [Fact(Timeout = Timeout)]
    public async Task Upload_OfFiles_AnswersWithTheirHashes()
    {
        var (program, client) = await StartAsync("upload.csx");
        await using (program)
        using (client)
        {
            Assert.Contains("enctype=\"multipart/form-data\"", await client.GetStringAsync("/upload.py", Cancellation),
                StringComparison.Ordinal);
            byte[] large = RandomNumberGenerator.GetBytes(2_000_000);
            using var form = new MultipartFormDataContent();
            using var first = new ByteArrayContent("small"u8.ToArray());
            using var second = new ByteArrayContent(large);
            second.Headers.ContentType = new MediaTypeHeaderValue("image/png");
            form.Add(first, "file", "<b>.txt");
            form.Add(second, "file", "large.png");
            using var answer = await client.PostAsync("/upload.py", form, Cancellation);
            string page = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(
                $"&lt;b&gt;.txt</strong>, application/octet-stream, 5 bytes<br><code "
                    + $"class=\"long\">{Convert.ToHexStringLower(SHA256.HashData("small"u8))}<", page, StringComparison.Ordinal);
            Assert.Contains(
                $"large.png</strong>, image/png, 2000000 bytes<br><code class=\"long\">{Convert.ToHexStringLower(SHA256.HashData(large))}<",
                page, StringComparison.Ordinal);
            using var text = new StringContent("x");
            using var refused = await client.PostAsync("/upload.py", text, Cancellation);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
            using var deleted = await client.DeleteAsync("/upload.py", Cancellation);
            Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD, POST"),
                (deleted.StatusCode, string.Join(", ", deleted.Content.Headers.Allow)));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Events_AskedForAsEvents_TellTheTime()
    {
        var (program, client) = await StartAsync("events.csx");
        await using (program)
        using (client)
        {
            Assert.Contains("new EventSource(", await client.GetStringAsync("/events.py", Cancellation), StringComparison.Ordinal);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/events.py");
            request.Headers.Add("Accept", "text/event-stream");
            request.Headers.Add("Last-Event-ID", "41");
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
            await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
            var events = await SseParser.Create(stream).EnumerateAsync(Cancellation).Take(2).ToListAsync(Cancellation);
            Assert.Equal([("time", "42"), ("time", "43")], events.Select(static item => (item.EventType, item.EventId)));
            Assert.All(events, static item => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$", item.Data));
        }
    }
}
