namespace AsyncServer.Faults;

/// <summary>A server that gets no chance to end well.</summary>
public sealed class KillTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Process_KilledUnderLoad_ItsSuccessorHasThePortAtOnceAndTheLogWhole()
    {
        var folder = Directory.CreateTempSubdirectory("asyncserver-faults");
        string log = Path.Combine(folder.FullName, "access.log");
        await using var first = await FaultServer.StartAsync("--access-log", log, "--access-log-format", "%(U)s end");
        using var idle = await first.ConnectAsync();
        using var busy = await first.ConnectAsync();
        await idle.SendTextAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        await idle.ReceiveTextUntilAsync("hello");
        await busy.SendTextAsync("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        await busy.ReceiveAsync(new byte[1000], FaultServer.Cancellation);
        await FaultServer.UntilAsync(() => new FileInfo(log).Length > 0, "the log's first lines");
        await first.KillAsync();

        await using (var second = await FaultServer.StartAsync("--bind", $"127.0.0.1:{first.EndPoint.Port}", "--access-log", log,
            "--access-log-format", "%(U)s end"))
            Assert.Equal("hello", await second.GetAsync("/hello"));
        Assert.Equal("", await idle.ReceiveTextToEndAsync());
        Assert.All(await File.ReadAllLinesAsync(log, FaultServer.Cancellation),
            static line => Assert.Matches("^/(hello|big|coroutines) end$", line));
        folder.Delete(recursive: true);
    }
}
