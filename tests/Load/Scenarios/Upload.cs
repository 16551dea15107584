using System.Net;
using System.Text;

namespace AsyncServer.Load;

/// <summary>Large request bodies, which come back while they are still sent.</summary>
internal static class Upload
{
    private const string Path = "/echo.py";
    private const int Size = 256 * 1024;
    private const int ChunkSize = 10_000; // no power of two, so that chunks end anywhere in the server's buffers

    public static Scenario Scenario { get; } = new()
    {
        Name = "upload",
        What = $"POST of {Size / 1024} KB to {Path}, with Content-Length and in chunks in turn; the same bytes have to come back",
        Threshold = RateLoad.Threshold,
        Connections = 16,
        Rate = 50,
        Run = RunAsync,
    };

    /// <summary>A request with Content-Length, and its answer.</summary>
    public static (byte[] Request, Expected Answer) Fixed(IPEndPoint server, byte[] body) =>
        ([.. LoadClient.Request(server, Path, "POST", $"Content-Length: {body.Length}\r\n"), .. body], new Expected(200, body));

    private static async Task RunAsync(ScenarioRun run)
    {
        byte[] body = new byte[Size];
        new Random(Size).NextBytes(body);
        var server = run.Target.EndPoint;
        (byte[] Request, Expected Answer)[] turns = [Fixed(server, body), Chunked(server, body)];
        using var clients = await run.OpenClientsAsync(turns[0].Request, turns[0].Answer);
        int turn = 0;
        await RateLoad.RunAsync(run, "upload", () =>
        {
            var (request, answer) = turns[turn++ % turns.Length];
            return clients.AskAsync(request, answer);
        });
    }

    private static (byte[] Request, Expected Answer) Chunked(IPEndPoint server, byte[] body)
    {
        var request = new MemoryStream();
        request.Write(LoadClient.Request(server, Path, "POST", "Transfer-Encoding: chunked\r\n"));
        foreach (byte[] chunk in body.Chunk(ChunkSize))
        {
            request.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            request.Write(chunk);
            request.Write("\r\n"u8);
        }
        request.Write("0\r\n\r\n"u8);
        return (request.ToArray(), new Expected(200, body));
    }
}
