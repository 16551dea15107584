using System.Net.Sockets;
using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Workers;

[Collection(WorkerCollection.Name)]
public sealed class WorkerDeathTests(WorkerSite site)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // FAULTS row 28.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Killed_UnderTraffic_LosesItsOwnConnectionsAlone()
    {
        await using var crew = site.Start(3);
        int port = await crew.PortAsync();
        using var ending = new CancellationTokenSource();
        using var first = new KeepAliveClient(port);
        int killed = await first.AskAsync("", Cancellation);
        int asked = 0;
        int lost = 0;
        async Task ClientAsync(int number)
        {
            using var client = new KeepAliveClient(port);
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    await client.AskAsync("", Cancellation);
                    if (number % 2 == 0)
                        client.Close(); // half of them connect for each request
                    Interlocked.Increment(ref asked);
                }
                catch (IOException)
                {
                    Assert.True(client.Process == killed || client.Process is null && number % 2 == 0,
                        $"a connection to process {client.Process} was lost, not to {killed}");
                    Interlocked.Increment(ref lost);
                    client.Close();
                }
            }
        }
        var clients = Enumerable.Range(0, 6).Select(ClientAsync).ToArray();
        await UntilAsync(() => Volatile.Read(ref asked) > 100);
        ModuleSite.Signal(killed, "9");
        await crew.ServedAsync(4);
        int before = Volatile.Read(ref asked);
        await UntilAsync(() => Volatile.Read(ref asked) > before + 100);
        await ending.CancelAsync();
        await Task.WhenAll(clients); // a refused connection is a SocketException here
        Assert.InRange(lost, 0, 6);
        Assert.Contains($"(process {killed}) has died: SIGKILL", crew.Program.Output, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => first.AskAsync("", Cancellation));
        crew.Program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await crew.Program.ExitCodeAsync());
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("fail")]
    [InlineData("overflow")]
    public async Task TakenDownByAModule_IsReplaced(string way)
    {
        await using var crew = site.Start(1);
        using var client = new KeepAliveClient(await crew.PortAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync(way, Cancellation));
        client.Close();
        int next = await client.AskAsync("", Cancellation);
        Assert.Equal(next, crew.WorkerOf(0));
        Assert.Contains("has died: SIGABRT", crew.Program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Terminated_WhileARequestIsInFlight_AnotherServesAtOnceAndNotAfterTheDrain()
    {
        await using var crew = site.Start(1);
        int port = await crew.PortAsync();
        using var busy = new KeepAliveClient(port);
        int first = await busy.AskAsync("", Cancellation);
        var stuck = busy.AskAsync("stuck", Cancellation);
        ModuleSite.Signal(first, "15");
        await crew.ServedAsync(2);
        Assert.Contains($"Worker 0 (process {first}) was told to end by a signal", crew.Program.Output, StringComparison.Ordinal);
        using var client = new KeepAliveClient(port);
        Assert.Equal(crew.WorkerOf(0), await client.AskAsync("", Cancellation));
        Assert.False(stuck.IsCompleted);
        ModuleSite.Signal(first, "9");
        await Assert.ThrowsAsync<IOException>(() => stuck);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task ProcessOfAConnection_HasDiedLongAgo_DoesNotCountAsCutAtTheEnd()
    {
        await using var program = ServerProgram.AsyncServer(
            "--bind", "127.0.0.1:0", "--model", "processes", "--root", site.PathOf("html"), "--web", site.PathOf("web"));
        using var client = new KeepAliveClient(await program.PortAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync("fail", Cancellation));
        client.Close();
        await client.AskAsync("", Cancellation);
        client.Close();
        await program.WaitForOutputAsync("SIGABRT");
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task KeepsDying_StartsLaterEachTime_AndAnotherServesItsClients()
    {
        // Of the three listeners the first and the third have a socket for each worker.
        await using var crew = site.Start(2, "--bind", $"unix:{site.PathOf("dying.sock")}", "--bind", "127.0.0.1:0");
        await crew.Program.WaitForOutputAsync("Press Ctrl+C");
        int[] ports = [.. crew.Program.Output.Split('\n')
            .Where(static line => line.StartsWith("AsyncServer listens on 127", StringComparison.Ordinal))
            .Select(static line => new Uri(line.Split(' ')[^1]).Port)];
        await crew.ServedAsync(2);
        for (int death = 1; death <= 3; death++)
        {
            ModuleSite.Signal(crew.WorkerOf(1), "9");
            await crew.Program.WaitForOutputAsync(output => Occurrences(output, "has died: SIGKILL") == death);
            for (int i = 0; i < 10; i++)
            {
                using var client = new KeepAliveClient(ports[i % 2]);
                await client.AskAsync("", Cancellation); // whatever socket it comes to
            }
            await crew.ServedAsync(2 + death);
        }
        Assert.DoesNotContain("cannot be served in the meantime", crew.Program.Output, StringComparison.Ordinal);
        Assert.Contains("Worker 1 keeps dying: the next one starts in 00:00:00.5", crew.Program.Output, StringComparison.Ordinal);
        Assert.Contains("Worker 1 keeps dying: the next one starts in 00:00:01", crew.Program.Output, StringComparison.Ordinal);
    }

    // FAULTS row 31.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task SupervisorKilled_WorkersAnswerWhatIsInFlightAndFreeThePort()
    {
        await using var crew = site.Start(2);
        int port = await crew.PortAsync();
        await crew.ServedAsync(2);
        using var client = new KeepAliveClient(port);
        var slow = client.AskAsync("slow", Cancellation);
        await InFlightAsync(port, slow);
        crew.Program.Signal(Crew.Kill);
        await crew.Program.WaitForExitOfItselfAsync();
        Assert.True(await slow > 0);
        Assert.Contains("Connection: close", client.Head, StringComparison.Ordinal);
        foreach (var (_, process) in crew.Served)
            await ModuleSite.EndedAsync(process);
        using var next = new TcpListener(System.Net.IPAddress.Loopback, port);
        next.Start();
    }

    // The slow request has come when one that came later on another connection of the same worker is answered.
    private static async Task InFlightAsync(int port, Task<int> slow)
    {
        using var client = new KeepAliveClient(port);
        for (int i = 0; i < 20 && !slow.IsCompleted; i++)
        {
            await client.AskAsync("", Cancellation);
            client.Close();
        }
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }
}
