using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Unit.Program;

public sealed class DescriptorLimitTests
{
    private const int Clients = 50;
    private static readonly byte[] Request = "GET /say_hello.py HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Without a reserve the accepts took the last descriptor, an assembly that the first request needs could not be loaded, and the
    // runtime remembered that for good: every later request failed.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Descriptors_FewerThanClients_EvictsIdleOnesAndAnswersEveryRequest()
    {
        await using var program = ServerProgram.LaunchedBy(["sh", "-c", "ulimit -n 160; exec \"$@\"", "sh"], "--bind", "127.0.0.1:0");
        int port = await program.PortAsync();
        var clients = new List<TcpClient>();
        for (int i = 0; i < Clients; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            await client.GetStream().WriteAsync(Request, Cancellation);
            clients.Add(client);
        }
        foreach (var client in clients)
            Assert.True(await IsAnsweredAsync(client));
        clients.ForEach(static client => client.Dispose());

        using var late = new TcpClient();
        await late.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await late.GetStream().WriteAsync(Request, Cancellation);
        Assert.True(await IsAnsweredAsync(late));
        Assert.DoesNotContain(" fail: ", program.Output, StringComparison.Ordinal);
        Assert.Contains("Too many open files", program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task File_NoDescriptorLeft_Answers503AndTheConnectionStaysInStep()
    {
        var folder = Directory.CreateTempSubdirectory("asyncserver-test");
        foreach (string name in (string[])["first.bin", "second.bin"])
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name), new byte[200_000], Cancellation); // too large for the cache
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--root", folder.FullName);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };

        // The ways of both answers are gone once, so that everything they need is loaded.
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/missing"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/first.bin"));

        while (Directory.GetFileSystemEntries($"/proc/{program.ProcessId}/fd")
            .Any(static path => new FileInfo(path).LinkTarget?.EndsWith("first.bin", StringComparison.Ordinal) == true))
            await Task.Yield(); // the answer is here before its file is closed there

        // The limit is on the number that the next descriptor would get.
        var open = Directory.GetFileSystemEntries($"/proc/{program.ProcessId}/fd").Select(static path => Path.GetFileName(path))
            .ToHashSet();
        int next = Enumerable.Range(0, open.Count + 1).First(number => !open.Contains($"{number}"));
        SetLimit(program.ProcessId, next);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/second.bin"));
        SetLimit(program.ProcessId, next + 1000);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/second.bin"));
        folder.Delete(recursive: true);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }

    private static void SetLimit(int process, int descriptors)
    {
        using var prlimit = System.Diagnostics.Process.Start("prlimit", [$"--pid={process}", $"--nofile={descriptors}:"]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private static async Task<bool> IsAnsweredAsync(TcpClient client)
    {
        byte[] answer = new byte[1024];
        int count = await client.GetStream().ReadAsync(answer, Cancellation);
        return Encoding.ASCII.GetString(answer, 0, count).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
    }
}
