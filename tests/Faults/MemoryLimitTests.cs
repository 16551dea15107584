using System.Net.Sockets;

namespace AsyncServer.Faults;

/// <summary>Fault 33: apps need more memory than there is.</summary>
public sealed class MemoryLimitTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Memory_NearItsLimit_Answers503UntilThereIsSomeAgain()
    {
        const string limit = "0x6000000"; // 96 MB, in pieces of 4
        await using var server = await FaultServer.StartAsync([], [("DOTNET_GCHeapHardLimit", limit)]);
        server.LogsFailures = true; // an app may see the end of memory before the server does
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string answer;
        do
        {
            await pace.WaitForNextTickAsync(FaultServer.Cancellation);
            answer = await server.AskAsync("/hold");
            Assert.Matches(@"\AHTTP/1\.1 (200 OK\r\n[\s\S]*\r\n\r\nheld|(500|503) [\s\S]*\r\n\r\n[\s\S]+)\z", answer);
        }
        while (!answer.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal));
        Assert.Contains("\r\nRetry-After: 1\r\n", answer, StringComparison.Ordinal);
        await FaultServer.UntilAsync(async () => (await server.AskAsync("/hello")).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal),
            "requests are answered again");
        await server.WaitForLogAsync("Memory pressure has eased");
        Assert.Contains("Memory is short", server.Log, StringComparison.Ordinal);
    }

    // Bug: it was a timer of the pool that looked.
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Memory_NearItsLimitWhileThePoolIsTaken_Answers503()
    {
        const int starving = 50, asked = 60;
        // else it grows until all are served
        await using var server = await FaultServer.StartAsync([],
            [("DOTNET_GCHeapHardLimit", "0x6000000"), ("DOTNET_ThreadPool_ForceMaxWorkerThreads", "8")]);
        var sockets = new List<Socket>();
        for (int i = 0; i < starving; i++)
        {
            sockets.Add(await server.ConnectAsync());
            await sockets[i].SendTextAsync("GET /starve HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        await FaultServer.UntilAsync(async () => !(await server.GetAsync("/starving")).StartsWith('0'), "the pool is taken");
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string answer = "";
        for (int i = 0; i < asked && !answer.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal); i++)
        {
            await pace.WaitForNextTickAsync(FaultServer.Cancellation);
            answer = await server.AskAsync("/hold");
        }
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        await server.KillAsync(); // what would give the memory back needs the pool too
        sockets.ForEach(static socket => socket.Dispose());
    }
}
