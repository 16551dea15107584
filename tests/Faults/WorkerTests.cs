using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Faults 28 and 32, with worker processes.</summary>
public sealed class WorkerTests
{
    private const int Workers = 2;
    private const int SigKill = 9, SigStop = 19, SigCont = 18;

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Worker_Killed_AnotherStartsWithinASecond()
    {
        await using var server = await FaultServer.StartAsync("--workers", $"{Workers}");
        server.LogsFailures = true; // its death
        var before = ProcessFacts.Children(server.ProcessId);
        Assert.Equal(Workers, before.Count);
        await FaultServer.SignalAsync(before.First(), SigKill);
        await FaultServer.UntilAsync(() => ProcessFacts.Children(server.ProcessId).Except(before).Any(), "another process is started",
            TimeSpan.FromSeconds(1));
        await FaultServer.UntilAsync(() => ServedSinceTheStart(server) == Workers + 1, "it serves");
    }

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task WorkersAndSupervisor_StoppedForTwentySeconds_EndNoConnectionAndNoWorker()
    {
        const int idle = 20;
        await using var server = await FaultServer.StartAsync("--workers", $"{Workers}", "--keep-alive-timeout", "10", "--request-timeout",
            "10");
        var workers = ProcessFacts.Children(server.ProcessId);
        var clients = new List<(Socket Socket, string Process)>();
        for (int i = 0; i < idle; i++)
        {
            var socket = await server.ConnectAsync();
            clients.Add((socket, await AskAsync(socket)));
        }
        using var busy = await server.ConnectAsync();
        await busy.SendTextAsync("GET /sleep?ms=2000 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("hello", await server.GetAsync("/hello"));

        int[] all = [server.ProcessId, .. workers];
        foreach (int process in all)
            await FaultServer.SignalAsync(process, SigStop);
        using (var pause = new PeriodicTimer(TimeSpan.FromSeconds(20)))
            await pause.WaitForNextTickAsync(FaultServer.Cancellation);
        foreach (int process in all) // the supervisor first: for a moment its workers do not answer
            await FaultServer.SignalAsync(process, SigCont);

        await busy.ReceiveTextUntilAsync("slept");
        foreach (var (socket, process) in clients)
        {
            Assert.Equal(process, await AskAsync(socket));
            socket.Dispose();
        }
        Assert.Equal(workers, ProcessFacts.Children(server.ProcessId));
        Assert.Equal(Workers, ServedSinceTheStart(server));
        Assert.DoesNotContain("has died", server.Log, StringComparison.Ordinal);
    }

    // The worker that serves this connection.
    private static async Task<string> AskAsync(Socket socket)
    {
        await socket.SendTextAsync("GET /process HTTP/1.1\r\nHost: a\r\n\r\n");
        return (await socket.ReceiveTextUntilAsync(".")).Split("\r\n\r\n")[1];
    }

    private static int ServedSinceTheStart(FaultServer server) => server.Log.Split(" serves: process ").Length - 1;
}
