using System.Net;
using System.Net.Sockets;
using AsyncServer.Http;

namespace AsyncServer.Faults;

/// <summary>Fault 49: a program that starts and stops its server again and again.</summary>
[CollectionDefinition(nameof(StartStopTests), DisableParallelization = true)]
[Collection(nameof(StartStopTests))]
public sealed class StartStopTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task StartedAndStopped_ThousandTimes_LeavesNoDescriptorAndNoThread()
    {
        await StartAndStopAsync(10);
        var before = ProcessFacts.Read(Environment.ProcessId);
        await StartAndStopAsync(1000);
        await FaultServer.UntilAsync(() => ProcessFacts.Read(Environment.ProcessId) is var now && now.Sockets <= before.Sockets
            && now.Threads <= before.Threads + 6, "as before");
    }

    private static async Task StartAndStopAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            await using var server = new HttpServer(
                new HttpServerOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], Hubs = 2 });
            server.Routes.Map("/hello", static (_, _) => Response.Text("hello"));
            await server.StartAsync();
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.EndPoints[0], FaultServer.Cancellation);
            await socket.SendTextAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
            await socket.ReceiveTextUntilAsync("hello");
            Assert.Equal(0, await server.StopAsync());
        }
    }
}
