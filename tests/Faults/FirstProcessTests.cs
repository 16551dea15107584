namespace AsyncServer.Faults;

/// <summary>The program as the first process of a container: what others leave behind falls to it.</summary>
public sealed class FirstProcessTests
{
    private static readonly string[] OwnProcesses = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"];

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Orphans_OfOthers_AreCollectedAndWorkersServe()
    {
        await Possible.OrSkipAsync("a process namespace", [.. OwnProcesses, "true"]);
        await using var server = await FaultServer.StartAsync(OwnProcesses, [], "--workers", "1");
        for (int i = 0; i < 3; i++)
            Assert.Equal("7", await server.GetAsync("/orphan")); // of a worker: the supervisor is the first
        await FaultServer.UntilAsync(async () => await server.GetAsync("/zombies") == "3", "the orphans have ended");
        await FaultServer.UntilAsync(async () => await server.GetAsync("/zombies") == "0", "they are collected");
        Assert.DoesNotContain("has died", server.Log, StringComparison.Ordinal);
        await server.KillAsync(); // signals reach unshare alone
    }

    // Bug: .NET's Process, which runs the compiler, takes all exits when it is the first process; connections that had ended well were told
    // of as died, and cut off.
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task ProcessesOfConnections_ExitsAreTakenByAnother_NoneIsSaidToHaveDied()
    {
        await Possible.OrSkipAsync("a process namespace", [.. OwnProcesses, "true"]);
        var web = Directory.CreateTempSubdirectory("asyncserver-faults-");
        await File.WriteAllTextAsync(
            Path.Combine(web.FullName, "a.csx"),
                "Body application(Environ environ, StartResponse startResponse) { startResponse(\"200 OK\", []); return \"a\"; }",
                FaultServer.Cancellation);
        await using (var server = await FaultServer.StartAsync(OwnProcesses, [], "--model", "processes", "--web", web.FullName))
        {
            await server.WaitForLogAsync("Compiled a");
            for (int i = 0; i < 20; i++)
                Assert.Equal("hello", await server.GetAsync("/hello"));
            Assert.DoesNotContain("has died", server.Log, StringComparison.Ordinal);
            await server.KillAsync();
        }
        web.Delete(recursive: true);
    }
}
