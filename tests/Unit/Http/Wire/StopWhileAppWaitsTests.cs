using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Http.Wire;

public sealed class StopWhileAppWaitsTests
{
    [Fact]
    public async Task Stop_AppWaitsForAnotherThread_EndsItsConnectionQuietlyAfterwards()
    {
        using var gate = new ManualResetEventSlim();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new HttpServer(new HttpServerOptions { Hubs = 1 });
        server.Routes.Map("/", async (_, _) =>
        {
            waits.SetResult();
            await DiskThreads.RunAsync(() => gate.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            return Response.Text("too late");
        });
        server.Hubs.Start();
        var served = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var peer = MemoryConnection.Connect(server.Hubs.Hubs[0], connection =>
        {
            served.SetResult(server.ServeAsync(connection));
            return served.Task.Result;
        });
        peer.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        await waits.Task.WaitAsync(TestContext.Current.CancellationToken);

        await server.StopAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.True(peer.WasReset);
        gate.Set();

        await (await served.Task).WaitAsync(TestContext.Current.CancellationToken);
    }
}
