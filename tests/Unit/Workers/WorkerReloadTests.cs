using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Workers;

[Collection(WorkerCollection.Name)]
public sealed class WorkerReloadTests(WorkerSite site)
{
    private const PosixSignal HangUp = PosixSignal.SIGHUP;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerProgram.Timeout)]
    public Task HangUp_UnderTraffic_FailsNoRequest() => ReloadUnderTrafficAsync(requests: 2000);

    // For a person, on a quiet machine: it takes a minute or more. AsyncServer.Unit -explicit only -class
    // AsyncServer.Unit.Workers.WorkerReloadTests
    [Fact(Explicit = true, Timeout = 15 * 60 * 1000)]
    public Task HangUp_AgainAndAgainUnderAHundredThousandRequests_FailsNone() => ReloadUnderTrafficAsync(requests: 100_000);

    private async Task ReloadUnderTrafficAsync(int requests)
    {
        string file = site.Write("reload.json", "{}");
        await using var crew = site.Start(2, "--config", file);
        int port = await crew.PortAsync();
        using var idle = new KeepAliveClient(port);
        int old = await idle.AskAsync("", Cancellation);
        Assert.Contains("Server: ", idle.Head, StringComparison.Ordinal);

        int asked = 0;
        bool goesOn = true;
        async Task ClientAsync()
        {
            using var client = new KeepAliveClient(port);
            while (Volatile.Read(ref goesOn) || Volatile.Read(ref asked) < requests)
            {
                await client.AskAsync("", Cancellation); // whatever fails, fails the test
                Interlocked.Increment(ref asked);
            }
        }
        var clients = Enumerable.Range(0, 4).Select(_ => ClientAsync()).ToArray();
        for (int round = 1; round <= 2 || Volatile.Read(ref asked) < requests; round++)
        {
            await File.WriteAllTextAsync(file, "{ \"noServerHeader\": true }", Cancellation);
            Assert.DoesNotContain(clients, static client => client.IsFaulted);
            crew.Program.Signal(HangUp);
            int expected = round;
            await crew.Program.WaitForOutputAsync(output =>
                output.Split("All 2 workers now run the new configuration").Length - 1 == expected);
        }
        Volatile.Write(ref goesOn, false);
        await Task.WhenAll(clients);
        Assert.InRange(asked, requests, int.MaxValue);

        Assert.Equal(old, await idle.AskAsync("", Cancellation)); // it has waited for this
        Assert.Contains("Connection: close", idle.Head, StringComparison.Ordinal);
        Assert.NotEqual(old, await idle.AskAsync("", Cancellation));
        Assert.DoesNotContain("Server: ", idle.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("has died", crew.Program.Output, StringComparison.Ordinal);
        crew.Program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await crew.Program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task HangUp_ConfigurationThatCannotBe_KeepsTheOldWorkersAndSaysWhy()
    {
        string file = site.Write("wrong.json", "{}");
        await using var crew = site.Start(2, "--config", file);
        using var client = new KeepAliveClient(await crew.PortAsync());
        int old = await client.AskAsync("", Cancellation);

        await File.WriteAllTextAsync(file, "{\n \"hubs\": \"many\" }", Cancellation);
        crew.Program.Signal(HangUp);
        await crew.Program.WaitForOutputAsync($"The configuration was not changed: {file}:2: hubs: 'many' is not a number");
        Assert.Equal(old, await client.AskAsync("", Cancellation));

        await File.WriteAllTextAsync(file, "{ \"errorPage\": { \"500\": \"missing.html\" } }", Cancellation);
        crew.Program.Signal(HangUp);
        await crew.Program.WaitForOutputAsync("no worker can run the new one; the old workers keep serving");
        Assert.Contains("missing.html", crew.Program.Errors, StringComparison.Ordinal); // the worker's own word
        Assert.Equal(old, await client.AskAsync("", Cancellation));
        Assert.Equal(2, crew.Served.Count);

        // One that dies now is followed by one with the old configuration.
        ModuleSite.Signal(crew.WorkerOf(1), "9");
        await crew.ServedAsync(3);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task HangUp_WhatOnlyAStartCanChange_IsSaidAndTheRestCounts()
    {
        string file = site.Write("start.json", "{}");
        await using var crew = site.Start(1, "--config", file);
        using var client = new KeepAliveClient(await crew.PortAsync());
        await client.AskAsync("", Cancellation);
        client.Close();
        await File.WriteAllTextAsync(file, "{\n \"unixMode\": \"600\",\n \"noServerHeader\": true }", Cancellation);
        crew.Program.Signal(HangUp);
        await crew.Program.WaitForOutputAsync("All 1 workers now run the new configuration");
        await crew.Program.WaitForOutputAsync("has handed over and ended"); // until then both accept
        Assert.Contains($"{file}:2: unixMode: unixMode cannot change while the server runs", crew.Program.Output, StringComparison.Ordinal);
        await client.AskAsync("", Cancellation);
        Assert.DoesNotContain("Server: ", client.Head, StringComparison.Ordinal);
    }

    // What the sockets belong to is what they were opened for, whatever the file says now.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task HangUp_OtherAddressesInTheFile_WorkersServeThoseOfTheStart()
    {
        string file = site.Write("addresses.json", "{ \"bind\": [\"127.0.0.1:0\"] }");
        await using var program = ServerProgram.AsyncServer(
            "--workers", "2", "--root", site.PathOf("html"), "--web", site.PathOf("web"), "--config", file);
        int port = await program.PortAsync();
        await File.WriteAllTextAsync(file, "{\n \"bind\": [\"127.0.0.1:1\", \"127.0.0.1:2\"], \"noServerHeader\": true }", Cancellation);
        program.Signal(HangUp);
        await program.WaitForOutputAsync("All 2 workers now run the new configuration");
        Assert.Contains($"{file}:2: bind: bind cannot change while the server runs", program.Output, StringComparison.Ordinal);
        using var client = new KeepAliveClient(port);
        do
        {
            client.Close();
            await client.AskAsync("", Cancellation); // an old worker may take some until it has closed its socket
        }
        while (client.Head.Contains("Server: ", StringComparison.Ordinal));
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task MaxRequests_Reached_AnotherWorkerServes()
    {
        await using var crew = site.Start(1, "--max-requests", "20", "--max-requests-jitter", "5");
        using var client = new KeepAliveClient(await crew.PortAsync());
        var processes = new HashSet<int>();
        while (processes.Count < 3)
            processes.Add(await client.AskAsync("", Cancellation));
        Assert.Contains("Worker 0 has reached its request limit and is being replaced", crew.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("keeps dying", crew.Program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task MaxRequests_WithoutWorkers_EndsInGoodOrder()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--max-requests", "2", "--root", site.PathOf("html"),
            "--web", site.PathOf("web"));
        using var client = new KeepAliveClient(await program.PortAsync());
        await client.AskAsync("", Cancellation);
        await client.AskAsync("", Cancellation);
        Assert.Equal(0, await program.ExitCodeAsync());
    }
}
