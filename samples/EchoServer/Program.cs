// Sends back whatever comes, as gevent's examples/echoserver.py does.
//     dotnet run -c Release --project samples/EchoServer -- 6000
//     nc localhost 6000                                              in as many terminals as you like
using AsyncServer.Runtime;

string port = args.Length > 0 ? args[0] : "6000";

// A hub is an event loop. This one takes the main thread until the function has ended.
Hub.Run(async () =>
{
    await using var server = new StreamServer($"127.0.0.1:{port}", EchoAsync);
    await server.StartAsync();
    Console.WriteLine($"listening on {server.LocalEndPoint}; Ctrl+C ends it");
    await server.ServeForeverAsync();
});

// Each connection runs this in a coroutine of its own; while one waits, the others go on, all on the same thread.
static async Task EchoAsync(Connection connection, CancellationToken cancellation)
{
    byte[] buffer = new byte[4096];
    while (await connection.ReceiveAsync(buffer, cancellation) is > 0 and var count)
        await connection.SendAsync(buffer.AsMemory(0, count), cancellation);
}
