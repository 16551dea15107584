using System.Security.Cryptography;
using AsyncServer.Http;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer;

/// <summary>
/// What the start and the first request need, got ready on a second processor while the first reads the command line: code, which is
/// compiled when it first runs, and the system's hash functions. Its only effect is time, and nobody waits for it.
/// </summary>
internal static class EarlyWork
{
    internal static void Begin()
    {
        if (Environment.ProcessorCount == 1)
            return;
        try { new Thread(Run) { IsBackground = true, Name = "early work" }.UnsafeStart(); }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // the system has no thread for it; those of the server may be fewer
        }
    }

    // In the order in which it is needed.
    private static void Run()
    {
        try
        {
            using (var logging = ConsoleLogging.Create(LogLevel.None, isSingleLine: true, name: null))
                logging.CreateLogger(nameof(EarlyWork));
            SHA256.HashData([]);
            AnswerAsync().GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // what the system refused here, such as a descriptor, the start itself needs too, and has the words for it
        }
    }

    private static async Task AnswerAsync()
    {
        await using var server = new HttpServer(new HttpServerOptions { Hubs = 1, Modules = new OneModule() });
        server.Hubs.Start();
        var client = MemoryConnection.Connect(server.Hubs.Hubs[0], server.ServeAsync);
        client.Send("GET /early.py HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8);
        await client.ReceiveToEndAsync();
    }

    private sealed class OneModule : IModuleSource
    {
        private static readonly Application Answer = static (environ, startResponse) =>
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            return new ValueTask<Body>((Body)"early");
        };

        public ValueTask<Application?> FindAsync(string path) => new(Answer);
    }
}
