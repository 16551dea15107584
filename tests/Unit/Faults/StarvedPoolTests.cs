using System.Net;
using System.Net.Sockets;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Http.EndToEnd;

namespace AsyncServer.Unit.Faults;

/// <summary>Fault 34: every thread of the pool is blocked, as by apps that wait synchronously.</summary>
[Collection(AloneCollection.Name)]
public sealed class StarvedPoolTests
{
    [Fact]
    public async Task ThreadPool_AllThreadsBlocked_AcceptTimersAndFilesGoOn()
    {
        var root = Directory.CreateTempSubdirectory("asyncserver-test");
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "a.txt"), "file", TestContext.Current.CancellationToken);
        await using var server = new HttpServer(
            new HttpServerOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], Hubs = 1, Root = root.FullName });
        server.Routes.Map("/sleep", async (_, _) =>
        {
            await Coroutine.Sleep(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            return Response.Text("slept");
        });
        await server.StartAsync();
        using var gate = new ManualResetEventSlim();
        var answers = new List<string>();
        var client = new Thread(() => AskAll(server.EndPoints[0], gate, answers)); // no thread of the pool
        client.Start();
        Assert.True(client.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal(["slept", "file", "slept", "file"], answers);
        root.Delete(recursive: true);
    }

    private static void AskAll(EndPoint endPoint, ManualResetEventSlim gate, List<string> answers)
    {
        int blocked = 0, wanted = ThreadPool.ThreadCount + 64; // the pool adds a thread or two a second
        for (int i = 0; i < wanted; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                Interlocked.Increment(ref blocked);
                gate.Wait();
                Interlocked.Decrement(ref blocked);
            }, null);
        }
        try
        {
            foreach (string path in new[] { "/sleep", "/a.txt", "/sleep", "/a.txt" })
                answers.Add(Ask(endPoint, path));
        }
        finally
        {
            gate.Set();
            SpinWait.SpinUntil(() => ThreadPool.PendingWorkItemCount == 0 && Volatile.Read(ref blocked) == 0);
        }
    }

    private static string Ask(EndPoint endPoint, string path)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        socket.Connect(endPoint);
        socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        for (int count; (count = socket.Receive(piece)) > 0;)
            text.Append(Encoding.ASCII.GetString(piece, 0, count));
        return text.ToString().Split("\r\n\r\n")[1];
    }
}
